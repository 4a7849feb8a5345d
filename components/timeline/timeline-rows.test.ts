import { expect, test } from 'vitest'
import type { EventView } from '@/server/services/views'
import { buildTimelineRows, layOutRows } from './timeline-rows'

const event = (id: string, contractId: string | null, at: string) =>
  ({ id, contractId, contractName: contractId, agent: null, createdAt: new Date(at) }) as EventView

const dayOf = (at: Date) => at.toISOString().slice(0, 10)

const events = [
  event('5', 'a', '2026-03-02T10:00:00Z'),
  event('4', 'a', '2026-03-02T09:00:00Z'),
  event('3', 'b', '2026-03-02T08:00:00Z'),
  event('2', 'b', '2026-03-01T23:00:00Z'),
  event('1', null, '2026-03-01T22:00:00Z'),
]

test('puts a heading before each day and before each run of one contract', () => {
  const rows = buildTimelineRows(events, { runs: true, dayOf })
  expect(rows.map((row) => row.key)).toEqual([
    'day 2026-03-02',
    'run 5',
    '5',
    '4',
    'run 3',
    '3',
    'day 2026-03-01',
    'run 2',
    '2',
    'run 1',
    '1',
  ])
})

test('inside one contract there are only days', () => {
  expect(buildTimelineRows(events, { runs: false, dayOf }).filter((row) => row.kind === 'run')).toEqual([])
})

test('tops add up to the whole height', () => {
  const rows = buildTimelineRows(events, { runs: false, dayOf })
  const tops = layOutRows(rows, { day: 32, run: 28, event: 30 })
  expect(tops.at(-1)).toBe(2 * 32 + 5 * 30)
  expect(tops).toHaveLength(rows.length + 1)
})
