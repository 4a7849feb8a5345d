import { describe, expect, test } from 'vitest'
import { buildTimeScale } from './time-scale'

const at = (minutes: number) => new Date(minutes * 60_000)

describe('places', () => {
  test('one burst fills the width evenly', () => {
    const scale = buildTimeScale([at(0), at(10), at(20)], 200)
    expect([at(0), at(10), at(20)].map(scale.place)).toEqual([0, 100, 200])
    expect(scale.breaks).toEqual([])
  })
  test('a night between two bursts is a narrow break, not most of the picture', () => {
    const scale = buildTimeScale([at(0), at(30), at(900), at(930)], 414)
    expect(scale.breaks).toHaveLength(1)
    expect(scale.breaks[0]?.ms).toBe(870 * 60_000)
    expect(scale.place(at(30))).toBeCloseTo(200)
    expect(scale.place(at(900))).toBeCloseTo(214)
  })
  test('never goes back and stays inside, also for moments outside and for many bursts', () => {
    const moments = Array.from({ length: 200 }, (_, n) => at(n * 100))
    const scale = buildTimeScale(moments, 300)
    const places = [at(-50), ...moments, at(99_999)].map(scale.place)
    expect([...places].sort((a, b) => a - b)).toEqual(places)
    expect(places[0]).toBeGreaterThanOrEqual(0)
    expect(places.at(-1)).toBeLessThanOrEqual(300.001)
  })
  test('is finite without any moment, with one, and without width', () => {
    for (const scale of [buildTimeScale([], 100), buildTimeScale([at(5)], 100), buildTimeScale([at(5), at(6)], 0)]) {
      expect(Number.isFinite(scale.place(at(5)))).toBe(true)
      expect(Number.isFinite(scale.at(50).getTime())).toBe(true)
    }
  })
})

test('going there and back gives the same moment', () => {
  const scale = buildTimeScale([at(0), at(30), at(900), at(930)], 414)
  for (const moment of [at(0), at(12), at(905), at(930)]) {
    expect(scale.at(scale.place(moment)).getTime()).toBeCloseTo(moment.getTime(), -3)
  }
})
