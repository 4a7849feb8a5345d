import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatCost,
  formatCount,
  formatDuration,
  formatNoun,
  formatRelative,
  formatShort,
  shortenPath,
  shortId,
} from './format'

describe('numbers', () => {
  test('groups thousands and picks the plural', () => {
    expect(formatCount(1234567)).toBe('1,234,567')
    expect(formatNoun(1, 'file')).toBe('1 file')
    expect(formatNoun(1200, 'file')).toBe('1,200 files')
    expect(formatNoun(2, 'branch', 'branches')).toBe('2 branches')
  })
  test('shortens tokens, money and bytes', () => {
    expect(formatShort(950)).toBe('950')
    expect(formatShort(1234567)).toBe('1.2M')
    expect(formatCost(0)).toBe('$0')
    expect(formatCost(0.002)).toBe('<$0.01')
    expect(formatCost(12.5)).toBe('$12.50')
    expect(formatBytes(700 * 1024 * 1024)).toBe('700 MB')
    expect(formatBytes(12)).toBe('12 B')
  })
})

describe('times', () => {
  const now = new Date('2026-03-10T12:00:00Z')
  const before = (seconds: number) => new Date(now.getTime() - seconds * 1000)
  test('says how long ago in the nearest unit', () => {
    expect(formatRelative(before(5), now)).toBe('now')
    expect(formatRelative(before(300), now)).toBe('5 min ago')
    expect(formatRelative(before(7200), now)).toBe('2 h ago')
    expect(formatRelative(before(86_400), now)).toBe('yesterday')
    expect(formatRelative(before(5 * 86_400), now)).toBe('5 d ago')
    expect(formatRelative(before(60 * 86_400), now)).toMatch(/Jan/)
  })
  test('writes durations with at most two units', () => {
    expect(formatDuration(340)).toBe('340 ms')
    expect(formatDuration(2100)).toBe('2.1 s')
    expect(formatDuration(243_000)).toBe('4 min 3 s')
    expect(formatDuration(7_500_000)).toBe('2 h 5 min')
    expect(formatDuration(100 * 3_600_000)).toBe('4 d 4 h')
  })
})

test('shortens ids from the end, because ids made together begin alike', () => {
  expect(shortId('0190a3f2-7c11-7000-8000-1234abcd0007')).toBe('abcd0007')
})

test('keeps the end of a long path', () => {
  expect(shortenPath('/home/someone/work/project/src/deep/file.ts', 24)).toBe('…/src/deep/file.ts')
  expect(shortenPath('a/b.ts')).toBe('a/b.ts')
})
