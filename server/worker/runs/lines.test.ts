import { describe, expect, test } from 'vitest'
import { readLines } from './lines'

async function* pieces(...texts: (string | Buffer)[]) {
  for (const text of texts) yield Buffer.from(text)
}

const all = async (lines: AsyncIterable<string>) => {
  const found: string[] = []
  for await (const line of lines) found.push(line)
  return found
}

describe('lines of an output', () => {
  test('come whole wherever the pieces are cut, also inside of a character', async () => {
    const text = Buffer.from('{"a":"é"}\n\n{"b":1}\n{"c"')
    const cut = [...text].map((byte) => Buffer.from([byte]))
    expect(await all(readLines(pieces(...cut)))).toEqual(['{"a":"é"}', '', '{"b":1}', '{"c"'])
  })

  test('a line beyond the limit is passed over and the next one is read', async () => {
    const flood = 'x'.repeat(50)
    expect(await all(readLines(pieces('short\n', flood, flood, '\nnext\n'), 60))).toEqual(['short', 'next'])
  })
})
