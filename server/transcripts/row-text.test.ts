import { expect, test } from 'vitest'
import { parseTime } from './iso-time'
import { cutText, stringifyJson } from './row-text'

test('a text is never cut in the middle of a character', () => {
  expect(cutText('ab😀cd', 3)).toBe('ab')
  expect(cutText('ab😀cd', 4)).toBe('ab😀')
  expect(cutText('short', 10)).toBe('short')
})

test('a long input stays valid JSON as long as shortening its strings is enough', () => {
  const input = { file_path: '/a', content: 'x'.repeat(50_000) }
  const { text, truncated } = stringifyJson(input, 8_192)
  expect(truncated).toBe(true)
  expect(JSON.parse(text)).toMatchObject({ file_path: '/a' })
  expect(stringifyJson(Array(9_000).fill(1), 8_192).text).toHaveLength(8_192)
})

test('NUL characters and lone surrogates, which the database refuses, are taken out of JSON', () => {
  const { text } = stringifyJson({ a: 'x\0y', 'k\0': ['\ud800'] }, 100)
  expect(JSON.parse(text)).toEqual({ a: 'xy', k: ['\uFFFD'] })
  expect(stringifyJson(undefined, 100).text).toBe('null')
})

test('times of records are read as the standard library reads them, odd ones are none', () => {
  for (const time of ['2026-02-12T16:02:23.545Z', '2024-02-29T23:59:59.999Z', '2026-01-31T00:00:00Z', '2026-01-05']) {
    expect(parseTime(time)).toBe(Date.parse(time))
  }
  const odd = ['', 'soon', '2026-13-01T00:00:00.000Z', '2026-01-01T25:00:00.000Z', '1850-01-01T00:00:00.000Z', 5, null]
  for (const time of odd) expect(parseTime(time)).toBeNull()
})
