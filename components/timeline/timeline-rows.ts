// From events, newest first, to the rows of a list: a heading per day, a heading per run of one contract, the events.
import type { EventView } from '@/server/services/views'

export type TimelineRow =
  | { kind: 'day'; key: string; at: Date }
  | { kind: 'run'; key: string; contractId: string | null; name: string; agent: string | null; last: Date }
  | { kind: 'event'; key: string; event: EventView }

type Options = { runs: boolean; dayOf?: (at: Date) => string }

/** The calendar day of a moment in the reader's zone, as YYYY-MM-DD. */
export function localDay(at: Date): string {
  const pad = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`
}

/** Every event appears once and in the given order; a heading stands before the first row it covers. */
export function buildTimelineRows(events: readonly EventView[], { runs, dayOf = localDay }: Options): TimelineRow[] {
  const rows: TimelineRow[] = []
  let day: string | null = null
  let contract: string | null | undefined
  for (const event of events) {
    const eventDay = dayOf(event.createdAt)
    if (eventDay !== day) {
      day = eventDay
      contract = undefined
      rows.push({ kind: 'day', key: `day ${eventDay}`, at: event.createdAt })
    }
    if (runs && event.contractId !== contract) {
      contract = event.contractId
      rows.push({
        kind: 'run',
        key: `run ${event.id}`,
        contractId: event.contractId,
        name: event.contractName ?? 'Makima itself',
        agent: event.agent,
        last: event.createdAt,
      })
    }
    rows.push({ kind: 'event', key: event.id, event })
  }
  return rows
}

/** The top of every row and the height of all, for rows whose height follows from their kind. */
export function layOutRows(rows: readonly TimelineRow[], heights: Record<TimelineRow['kind'], number>): number[] {
  const tops: number[] = [0]
  for (const row of rows) tops.push((tops[tops.length - 1] ?? 0) + heights[row.kind])
  return tops
}
