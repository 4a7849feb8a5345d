// From moments to places. Work comes in bursts with nights between, so idle stretches are cut to a narrow break.
// Guarantees: places are finite, inside 0 .. width, and never go back as time goes on.

export type TimeScale = {
  from: Date
  to: Date
  /** The place of a moment; moments outside are put at the edge. */
  place: (at: Date) => number
  /** The moment at a place. */
  at: (x: number) => Date
  /** Where idle time was cut out. */
  breaks: { x: number; ms: number }[]
}

type Piece = { from: number; to: number; x1: number; x2: number }

const BREAK_PX = 14

/** A scale over all `moments`. Idle stretches longer than `idleMs` become breaks. */
export function buildTimeScale(moments: readonly Date[], width: number, idleMs = 45 * 60_000): TimeScale {
  const times = [...new Set(moments.map((moment) => moment.getTime()).filter(Number.isFinite))].sort((a, b) => a - b)
  const first = times[0] ?? 0
  const last = times[times.length - 1] ?? first
  const stretches: [number, number][] = []
  let start = first
  for (let index = 1; index < times.length; index++) {
    const [before, now] = [times[index - 1] ?? 0, times[index] ?? 0]
    if (now - before > idleMs) {
      stretches.push([start, before])
      start = now
    }
  }
  stretches.push([start, last])
  // With very many bursts breaks would eat the picture: then they get what is left after half of it.
  const gap = stretches.length > 1 ? Math.min(BREAK_PX, width / 2 / (stretches.length - 1)) : 0
  const busy = stretches.reduce((sum, [from, to]) => sum + (to - from), 0)
  const room = Math.max(0, width - gap * (stretches.length - 1))
  const least = Math.min(6, room / stretches.length)
  const free = room - least * stretches.length
  const pieces: Piece[] = []
  let x = 0
  for (const [from, to] of stretches) {
    const size = least + (busy > 0 ? ((to - from) / busy) * free : free / stretches.length)
    pieces.push({ from, to, x1: x, x2: x + size })
    x += size + gap
  }
  return {
    from: new Date(first),
    to: new Date(last),
    place: (at) => placeOf(pieces, at.getTime()),
    at: (place) => new Date(timeAt(pieces, place)),
    breaks: pieces.slice(1).map((piece, index) => {
      const before = pieces[index]
      return { x: ((before?.x2 ?? 0) + piece.x1) / 2, ms: piece.from - (before?.to ?? piece.from) }
    }),
  }
}

function placeOf(pieces: Piece[], time: number): number {
  let previous: Piece | undefined
  for (const piece of pieces) {
    if (time < piece.from) return previous ? between(time, previous.to, piece.from, previous.x2, piece.x1) : piece.x1
    if (time <= piece.to) return between(time, piece.from, piece.to, piece.x1, piece.x2)
    previous = piece
  }
  return previous?.x2 ?? 0
}

function timeAt(pieces: Piece[], x: number): number {
  let previous: Piece | undefined
  for (const piece of pieces) {
    if (x < piece.x1) return previous ? between(x, previous.x2, piece.x1, previous.to, piece.from) : piece.from
    if (x <= piece.x2) return between(x, piece.x1, piece.x2, piece.from, piece.to)
    previous = piece
  }
  return previous?.to ?? 0
}

function between(value: number, a1: number, a2: number, b1: number, b2: number): number {
  return a2 <= a1 ? b1 : b1 + ((value - a1) / (a2 - a1)) * (b2 - b1)
}
