import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '@/db/project-root'
import { PRICES_RELEASE, costOf } from './prices'

const million = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 }
const short = { input: 60_000, output: 1_000, cacheRead: 40_000, cacheWrite: 0 }
const now = Date.UTC(2026, 8, 1)

test('a model costs what its maker asks, also under a name with a date', () => {
  expect(
    costOf('claude-haiku-4-5-20251001', { ...million, cacheRead: 1_000_000, cacheWrite: 1_000_000 }, now),
  ).toBeCloseTo(2.35)
  expect(costOf('gpt-5.4', short, now)).toBeCloseTo(0.175)
  expect(costOf('gpt-5-2025-08-07', million, null)).toBeCloseTo(1.25)
})

test('the models that agents use now have a price', () => {
  for (const model of [
    'claude-opus-4-8',
    'claude-opus-5',
    'claude-sonnet-5',
    'claude-fable-5',
    'gpt-5.5',
    'gemini-3.1-pro-preview',
  ])
    expect(costOf(model, short, now), model).toBeGreaterThan(0)
})

test('a model whose price is not known costs nothing that could be wrong', () => {
  expect(costOf('gpt-5.4-something', million, now)).toBeNull()
  expect(costOf('<synthetic>', million, now)).toBeNull()
  expect(costOf(null, million, now)).toBeNull()
})

test('a long prompt costs more with the models whose maker asks more for it', () => {
  expect(costOf('gemini-3.1-pro-preview', short, now)).toBeCloseTo(0.14)
  expect(costOf('gemini-3.1-pro-preview', { ...short, cacheRead: 150_000 }, now)).toBeCloseTo(0.318)
  expect(costOf('gemini-2.5-flash', { ...short, cacheRead: 150_000 }, now)).toBeCloseTo(0.025)
})

test('a new release of the prices is told, so that what had none is looked at again', () => {
  const { dependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  expect(PRICES_RELEASE).toBe(dependencies['@pydantic/genai-prices'])
})
