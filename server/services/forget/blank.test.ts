import { expect, test } from 'vitest'
import type { Context } from '@/server/context'
import { testContext } from '@/server/services/test-world'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { blankBytes, type Matcher, plainMatcher } from './blank'
import { blankPieces } from './blank-stream'
import { keyedHash } from './home-key'
import { keyedMatcher, sumOf, baseOf } from './keyed-strings'
import { spellingsOf } from './spellings'

const ctx: Context = testContext(null as never, mkdtempSync(join(tmpdir(), 'makima-blank-')))

/** The one that knows no string, made as its rows are. */
function keyed(spellings: string[]): Matcher {
  const base = baseOf(ctx)
  return keyedMatcher(
    ctx,
    spellings.map((spelling) => {
      const bytes = Buffer.from(spelling)
      const hash = keyedHash(ctx, 'string', bytes).toString('hex')
      return { size: bytes.length, rolling: sumOf(base, bytes), hash }
    }),
  )
}

async function stream(matcher: Matcher, bytes: Buffer, size: () => number): Promise<Buffer> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; ) {
      const step = size()
      yield Buffer.from(bytes.subarray(at, at + step))
      at += step
    }
  }
  const out: Buffer[] = []
  for await (const piece of blankPieces(pieces(), matcher)) out.push(piece)
  return Buffer.concat(out)
}

test('every spelling of a string in JSON is blanked, and the JSON means the same otherwise', () => {
  const secret = 'pä"ss\\wörd/<x>\n'
  for (const depth of [1, 2, 3]) {
    let value: string = `before ${secret} after`
    for (let n = 0; n < depth; n++) value = JSON.stringify({ said: value })
    const blanked = blankBytes(plainMatcher(spellingsOf(secret)), Buffer.from(value))
    let found: string = blanked?.bytes.toString() ?? ''
    expect(found).toHaveLength(value.length + (Buffer.byteLength(value) - value.length))
    for (let n = 0; n < depth; n++) found = (JSON.parse(found) as { said: string }).said
    expect(found).toMatch(/^before \*+ after$/)
  }
  const python = Buffer.from(
    JSON.stringify({ said: secret }).replace(/[\u007f-\uffff]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  )
  expect(JSON.parse(blankBytes(plainMatcher(spellingsOf(secret)), python)?.bytes.toString() ?? '')).toEqual({
    said: expect.stringMatching(/^\*+$/),
  })
})

test('a letter that belongs to an escape is none of the string', () => {
  const line = Buffer.from(JSON.stringify({ a: 'x\nearly', b: 'C:\\nearly' }))
  const blanked = blankBytes(plainMatcher(spellingsOf('nearly')), line)
  expect(JSON.parse(blanked?.bytes.toString() ?? '')).toEqual({ a: 'x\nearly', b: 'C:\\******' })
})

test('a string over the end of a JSON value leaves a record that is one', () => {
  const line = Buffer.from('{"user":"ann","password":"hunter2","n":1}')
  const blanked = blankBytes(plainMatcher(spellingsOf('password":"hunter2')), line)?.bytes.toString() ?? ''
  expect(JSON.parse(blanked)).toEqual({ user: 'ann', '********': '*******', n: 1 })
})

test('however a stream is cut, the same bytes come out, and the keyed sums find what the string itself finds', async () => {
  let seed = 7
  const random = (below: number) => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below
  for (let round = 0; round < 60; round++) {
    const letters = round % 2 === 0 ? 'ab' : 'ab\\"n'
    const word = () => Array.from({ length: 6 + random(5) }, () => letters[random(letters.length)]).join('')
    const spellings = spellingsOf(word())
    const text = Array.from({ length: 400 }, () =>
      random(8) === 0 ? spellings[random(spellings.length)] : letters[random(letters.length)],
    ).join('')
    const bytes = Buffer.from(text)
    const whole = blankBytes(plainMatcher(spellings), bytes)?.bytes ?? bytes
    expect(blankBytes(keyed(spellings), bytes)?.bytes ?? bytes).toEqual(whole)
    for (const most of [1, 7, 64, 1_000]) {
      expect(await stream(keyed(spellings), bytes, () => 1 + random(most))).toEqual(whole)
    }
  }
})

test('ten megabytes are looked through in a moment, also where every byte could begin one', async () => {
  const bytes = Buffer.alloc(10_000_000, 'a')
  const matcher = keyed(spellingsOf('b'.repeat(40)))
  const began = performance.now()
  await stream(matcher, bytes, () => 262_144)
  expect(performance.now() - began).toBeLessThan(3_000)
})
