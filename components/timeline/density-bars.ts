// From counts per day to bars in a box. Guarantees: bars lie inside the box, in order, and every day is in exactly one bar.

export type DensityBar = { x: number; width: number; height: number; total: number; from: Date; to: Date }

type Day = { day: string; total: number }

const DAY_MS = 86_400_000

/** Midnight UTC of a day written YYYY-MM-DD (or any ISO time), in milliseconds. */
export function dayStart(day: string): number {
  return Date.parse(`${day.slice(0, 10)}T00:00:00Z`)
}

/** Bars of whole days, as many days to a bar as the width asks for (at least 4 px each). Empty stretches stay empty. */
export function buildDensityBars(days: readonly Day[], box: { width: number; height: number }): DensityBar[] {
  if (days.length === 0 || box.width <= 0) return []
  const sorted = [...days].sort((a, b) => dayStart(a.day) - dayStart(b.day))
  const first = dayStart(sorted[0]?.day ?? '')
  const last = dayStart(sorted[sorted.length - 1]?.day ?? '') + DAY_MS
  const dayCount = Math.max(1, Math.round((last - first) / DAY_MS))
  const perBar = Math.max(1, Math.ceil(dayCount / Math.max(1, Math.floor(box.width / 4))))
  const barCount = Math.ceil(dayCount / perBar)
  const totals = new Array<number>(barCount).fill(0)
  for (const { day, total } of sorted) {
    const bar = Math.floor((dayStart(day) - first) / DAY_MS / perBar)
    totals[bar] = (totals[bar] ?? 0) + total
  }
  const most = Math.max(1, ...totals)
  const width = Math.min(box.width / barCount, 28)
  return totals.map((total, index) => ({
    x: index * width,
    width,
    // Square roots, so that a quiet day is still seen beside a busy one.
    height: total === 0 ? 0 : Math.max(2, Math.sqrt(total / most) * box.height),
    total,
    from: new Date(first + index * perBar * DAY_MS),
    to: new Date(Math.min(last, first + (index + 1) * perBar * DAY_MS)),
  }))
}

/** The stretch of time between two x positions, by whole bars; null when there are none. */
export function selectRange(bars: readonly DensityBar[], x1: number, x2: number): { from: Date; to: Date } | null {
  if (bars.length === 0) return null
  const at = (x: number) => {
    const index = bars.findIndex((bar) => x < bar.x + bar.width)
    return index < 0 ? bars.length - 1 : index
  }
  const from = bars[at(Math.min(x1, x2))]
  const to = bars[at(Math.max(x1, x2))]
  return from && to ? { from: from.from, to: to.to } : null
}
