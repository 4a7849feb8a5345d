import { describe, expect, test } from 'vitest'
import { buildDensityBars, selectRange } from './density-bars'

const box = { width: 100, height: 40 }

describe('bars', () => {
  test('no days give no bars, and no width gives none either', () => {
    expect(buildDensityBars([], box)).toEqual([])
    expect(buildDensityBars([{ day: '2026-01-01', total: 1 }], { width: 0, height: 40 })).toEqual([])
  })
  test('each day is a bar while there is room, with empty days between', () => {
    const bars = buildDensityBars(
      [
        { day: '2026-01-01', total: 4 },
        { day: '2026-01-04', total: 1 },
      ],
      box,
    )
    expect(bars.map((bar) => bar.total)).toEqual([4, 0, 0, 1])
    expect(bars[0]?.height).toBe(40)
    expect(bars[3]?.height).toBe(20)
  })
  test('long histories share bars, nothing is lost and nothing lies outside the box', () => {
    const days = Array.from({ length: 900 }, (_, n) => ({
      day: new Date(Date.UTC(2023, 0, 1 + n)).toISOString().slice(0, 10),
      total: 1,
    }))
    const bars = buildDensityBars(days, box)
    expect(bars.length).toBeLessThanOrEqual(25)
    expect(bars.reduce((sum, bar) => sum + bar.total, 0)).toBe(900)
    for (const bar of bars) expect(bar.x + bar.width).toBeLessThanOrEqual(100.001)
  })
})

test('a drag in either direction selects whole bars', () => {
  const bars = buildDensityBars(
    [
      { day: '2026-01-01', total: 1 },
      { day: '2026-01-02', total: 1 },
      { day: '2026-01-03', total: 1 },
    ],
    { width: 30, height: 10 },
  )
  const range = selectRange(bars, 25, 12)
  expect(range?.from.toISOString()).toBe('2026-01-02T00:00:00.000Z')
  expect(range?.to.toISOString()).toBe('2026-01-04T00:00:00.000Z')
})
