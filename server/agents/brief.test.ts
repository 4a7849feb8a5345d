import { expect, test } from 'vitest'
import { writeBrief } from './brief'
import { row, talkOf } from './test-talk'

const prompt = (text: string) => row({ role: 'user', kind: 'prompt', text })

test('a brief tells what was asked, done and said, in order', async () => {
  const { text, notCarried } = await writeBrief(
    talkOf('codex', [
      prompt('Count the planets.'),
      row({ role: 'assistant', kind: 'thinking', text: 'Eight?' }),
      row({
        role: 'tool',
        kind: 'tool',
        toolName: 'bash',
        toolInput: '{"command":"ls"}',
        toolResult: 'no',
        isError: true,
      }),
      row({ role: 'assistant', kind: 'text', text: 'Eight.' }),
      prompt('And the moons?'),
    ]),
  )
  const order = [
    '## The person\n\nCount the planets.',
    '## Tool bash (failed)',
    'Input: {"command":"ls"}',
    'Result: no',
    'Eight.',
  ]
  expect(order.map((part) => text.indexOf(part))).toEqual(
    order.map((part) => text.indexOf(part)).toSorted((a, b) => a - b),
  )
  expect(order.every((part) => text.includes(part))).toBe(true)
  expect(text).not.toContain('Eight?')
  expect(notCarried).toEqual([
    '1 thought of the model: another model cannot read them.',
    'The last prompt, which was not answered. Send it again: “And the moons?”',
  ])
})

test('of a talk that is too long the first prompt and the newest steps are told', async () => {
  const rows = [
    prompt('The task.'),
    ...Array.from({ length: 500 }, (_, n) =>
      row({ role: 'assistant', kind: 'text', text: `${n} `.padEnd(1_000, 'x') }),
    ),
    row({ role: 'tool', kind: 'tool', toolName: 'bash', toolInput: '{}', toolResult: 'y'.repeat(10_000) }),
  ]
  const { text, notCarried } = await writeBrief(talkOf('codex', rows))
  expect(text.length).toBeLessThan(250_000)
  expect(text).toContain('The task.\n\n(')
  expect(text).toContain('499 xxx')
  expect(text).not.toContain('\n0 xxx')
  expect(notCarried[0]).toMatch(/^\d+ steps after the first prompt/)
  expect(notCarried.at(-1)).toBe('The ends of 1 long inputs and results of tools.')
})
