import { expect, test } from 'vitest'
import { holdsSigns, showSigns } from './signs'

const unseen = [
  ...range(0, 8),
  0x0b,
  0x0c,
  ...range(0x0e, 0x1f),
  ...range(0x7f, 0x9f),
  0xad,
  0x34f,
  0x61c,
  0x115f,
  0x1160,
  0x17b4,
  0x17b5,
  ...range(0x180b, 0x180f),
  ...range(0x200b, 0x200f),
  ...range(0x2028, 0x202e),
  ...range(0x2060, 0x206f),
  0x2800,
  0x3164,
  ...range(0xfe00, 0xfe0f),
  0xfeff,
  0xffa0,
  ...range(0xfff0, 0xfffb),
  ...range(0x1bca0, 0x1bca3),
  ...range(0x1d173, 0x1d17a),
  ...range(0xe0000, 0xe007f),
  ...range(0xe0100, 0xe01ef),
]

test('every character that is not seen is shown by its name, between letters, at the ends and twice', () => {
  for (const code of unseen) {
    const character = String.fromCodePoint(code)
    const name = `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`
    expect(showSigns(`pay${character}pal${character}${character}`)).toBe(`pay${name}pal${name}${name}`)
    expect(showSigns(character, { code: true })).toBe(name)
    expect(holdsSigns(`a${character}b`)).toBe(true)
  }
  expect(showSigns('half \uD800 and \uDC00')).toBe('half [U+D800] and [U+DC00]')
})

test('text of every script, emoji and flags stays as it is written', () => {
  for (const text of [
    'plain\ttext\r\nof two lines',
    'Größe, naïve, Ελλάδα, Привет, 日本語, 한국어, עברית, العربية',
    '\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645',
    '\u0915\u094D\u200D\u0937 \u0D28\u0D4D\u200D',
    '👩‍💻 👨‍👩‍👧‍👦 🏳️‍🌈 ❤️ ❤︎ 1️⃣ 🤦🏽‍♀️ 🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}',
    '\u845B\u{E0100}',
    '\u0600\u0661',
    '\u180E'.slice(1),
  ])
    expect(showSigns(text)).toBe(text)
})

test('what is right in one place is a sign in another, and all are signs in code', () => {
  expect(showSigns('pass\u200Dword 👩\u200Dx x\uFE0F 🏴\u{E0067}\u{E0062}')).toBe(
    'pass[U+200D]word 👩[U+200D]x x[U+FE0F] 🏴[U+E0067][U+E0062]',
  )
  expect(showSigns('👩‍💻', { code: true })).toBe('👩[U+200D]💻')
  expect(holdsSigns('two\nlines')).toBe(true)
  expect(holdsSigns('קובץ 日本 é')).toBe(false)
})

test('a megabyte of signs takes no longer than a moment', () => {
  for (const text of [
    '\u202E'.repeat(1e6),
    '🏴\u{E0067}'.repeat(2e5),
    `🏴${'\u{E0067}'.repeat(2e5)}`,
    'ا\u200C'.repeat(5e5),
  ]) {
    const begun = performance.now()
    showSigns(text)
    expect(performance.now() - begun).toBeLessThan(5_000)
  }
})

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
