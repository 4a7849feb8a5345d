import { expect, test } from 'vitest'
import { countChanges, diffLines } from './line-diff'

const show = (a: string, b: string) => diffLines(a, b).map((line) => line.sign + line.text)

test('shows a changed line between unchanged ones', () => {
  expect(show('a\nb\nc\n', 'a\nB\nc\n')).toEqual([' a', '-b', '+B', ' c'])
})
test('a new text is all added, an emptied one all removed', () => {
  expect(show('', 'a\nb')).toEqual(['+a', '+b'])
  expect(show('a\nb\n', '')).toEqual(['-a', '-b'])
})
test('finds lines that stayed between two changes', () => {
  expect(show('1\n2\n3\n4', '0\n2\n3\n5')).toEqual(['-1', '+0', ' 2', ' 3', '-4', '+5'])
})
test('very long texts are still counted rightly at their ends', () => {
  const long = Array.from({ length: 2000 }, (_, n) => `line ${n}`)
  const changed = ['first', ...long.slice(1, -1).map((line) => `${line}!`), 'line 1999']
  expect(countChanges(diffLines(long.join('\n'), changed.join('\n')))).toEqual({ additions: 1999, deletions: 1999 })
})
