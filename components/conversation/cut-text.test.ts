import { expect, test } from 'vitest'
import { cutText } from './cut-text'

test('short texts stay whole, also with a newline at the end', () => {
  expect(cutText('a\nb\n', 100, 2)).toEqual({ text: 'a\nb', cut: false })
  expect(cutText('', 100, 2)).toEqual({ text: '', cut: false })
})
test('cuts by lines and by characters, whichever comes first', () => {
  expect(cutText('a\nb\nc\nd', 100, 2)).toEqual({ text: 'a\nb', cut: true })
  expect(cutText('abcdef', 3, 10)).toEqual({ text: 'abc', cut: true })
})
