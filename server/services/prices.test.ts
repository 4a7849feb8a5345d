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
