import { expect, test } from 'vitest'
import { NO_LIMITS, toLimits, toTexts } from './limit-values'

test('an empty text is no limit, and a number survives the way there and back', () => {
  expect(toLimits(NO_LIMITS)).toEqual({ maxParallel: null, maxTurns: null, maxCostUsd: null })
  const limits = { maxParallel: 3, maxTurns: null, maxCostUsd: 2.5 }
  expect(toLimits(toTexts(limits))).toEqual(limits)
  expect(toLimits({ ...NO_LIMITS, maxCostUsd: ' 1,50 ' }).maxCostUsd).toBe(1.5)
})

test('what is no number stays one that the server refuses', () => {
  expect(toLimits({ ...NO_LIMITS, maxTurns: 'many' }).maxTurns).toBeNaN()
})
