import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { Markdown } from '@/components/conversation/markdown'

const ODD = 'a\u202Egnp\u2066\u200B\u061C\u0007'
const SHOWN = 'a[U+202E]gnp[U+2066][U+200B][U+061C][U+0007]'

test('an element of ours shows signs by name in its text and what is read out, and leaves links and values', () => {
  const drawn = renderToStaticMarkup(
    <p title={ODD} aria-label={`x ${ODD}`} data-x="y">
      {ODD}
      <b>one {ODD}</b>
      <img alt={ODD} />
      <input defaultValue={'v\u202E'} placeholder={ODD} readOnly />
      <code>{'👩\u200D💻'}</code> {'👩\u200D💻'}
    </p>,
  )
  expect(drawn).toContain(`<p title="${SHOWN}" aria-label="x ${SHOWN}" data-x="y">${SHOWN}<b>one ${SHOWN}</b>`)
  expect(drawn).toContain(`alt="${SHOWN}"`)
  expect(drawn).toContain('value="v\u202E"')
  expect(drawn).toContain('<code>👩[U+200D]💻</code> 👩\u200D💻')
})

test('Markdown shows signs by name also where they are written as entities, in titles and in code', () => {
  for (const text of [`**b** ${ODD} \`c${ODD}\` [l](https://a.b "t${ODD}") &#x202e; &zwj;`, `plain ${ODD}`]) {
    const drawn = renderToStaticMarkup(<Markdown text={text} />)
    expect(drawn).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200D\u061C\u0007]/)
    expect(drawn).toContain(SHOWN)
  }
})
