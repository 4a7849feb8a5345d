import { expect, test } from 'vitest'
import { costOf } from './prices'

const million = { input: 1_000_000, output: 0, cacheRead: 1_000_000, cacheWrite: 0 }

test('a model costs what its maker asks, also under a name with a date', () => {
  expect(costOf('claude-sonnet-4-5-20250929', million)).toBeCloseTo(3.3)
  expect(costOf('gpt-5.4', million)).toBeCloseTo(2.75)
  expect(costOf('gpt-5-2025-08-07', million)).toBeCloseTo(1.375)
})

test('a model whose price is not known costs nothing that could be wrong', () => {
  expect(costOf('gpt-5.4-something', million)).toBeNull()
  expect(costOf(null, million)).toBeNull()
})

test('a long prompt costs more with the models whose maker asks more for it', () => {
  const short = { input: 60_000, output: 1_000, cacheRead: 40_000, cacheWrite: 0 }
  expect(costOf('gemini-3.1-pro-preview', short)).toBeCloseTo(0.14)
  expect(costOf('gemini-3.1-pro-preview', { ...short, cacheRead: 150_000 })).toBeCloseTo(0.318)
  expect(costOf('gemini-2.5-flash', { ...short, cacheRead: 150_000 })).toBeCloseTo(0.025)
})
