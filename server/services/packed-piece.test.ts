import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { packPiece, unpackPiece } from './packed-piece'

test.each([
  ['text', Buffer.from('{"type":"user","text":"é 漢 🚀"}\n'.repeat(4_000))],
  ['bytes that are no text', Buffer.from([0, 255, 0xc3, 10, 0])],
  ['bytes that cannot be made smaller', randomBytes(100_000)],
  ['a line of many megabytes', Buffer.alloc(9_000_000, 'abc')],
])('%s come back as they were', (_, bytes) => {
  expect(unpackPiece(packPiece(bytes), bytes.length).equals(bytes)).toBe(true)
})

test('what repeats itself takes less room, and what does not is kept as it is', () => {
  const text = Buffer.from('{"type":"assistant"}\n'.repeat(1_000))
  expect(packPiece(text)).toMatchObject({ raw: null })
  expect(packPiece(text).packed?.length).toBeLessThan(text.length / 10)
  const noise = randomBytes(1_000)
  expect(packPiece(noise)).toEqual({ packed: null, raw: noise })
})
