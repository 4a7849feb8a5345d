// Numbers and times as people read them here. Pure; `now` is always an argument.

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A count with its thousands grouped: 12345 → "12,345". */
export function formatCount(n: number): string {
  return grouped.format(n)
}

/** "1 file", "1,200 files". */
export function formatNoun(n: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(n)} ${n === 1 ? singular : plural}`
}

/** A large number short: 950 → "950", 1234567 → "1.2M". */
export function formatShort(n: number): string {
  const steps: [number, string][] = [
    [1e9, 'B'],
    [1e6, 'M'],
    [1e3, 'k'],
  ]
  for (const [size, suffix] of steps) {
    if (n >= size) {
      const value = n / size
      return `${value >= 100 ? Math.round(value) : Math.round(value * 10) / 10}${suffix}`
    }
  }
  return formatCount(n)
}

/** US dollars: small sums keep their cents, large ones do not. */
export function formatCost(usd: number): string {
  if (usd === 0) return '$0'
  if (usd < 0.01) return '<$0.01'
  return usd >= 1000 ? `$${formatCount(usd)}` : `$${usd.toFixed(2)}`
}

/** Bytes in powers of 1024. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`
}

/** Milliseconds as "340 ms", "2.1 s", "4 min 3 s", "2 h 5 min", "3 d 4 h". */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds < 10 ? Math.round(seconds * 10) / 10 : Math.round(seconds)} s`
  const pair = (whole: number, big: string, rest: number, small: string) =>
    rest === 0 ? `${whole} ${big}` : `${whole} ${big} ${rest} ${small}`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return pair(minutes, 'min', Math.floor(seconds % 60), 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'min')
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** How long ago: "now", "5 min ago", "3 h ago", "yesterday", "12 d ago", then the date. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = (now.getTime() - at.getTime()) / 1000
  if (seconds < -60) return formatDay(at, now)
  if (seconds < 45) return 'now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  const days = Math.round(seconds / 86_400)
  if (days === 1) return 'yesterday'
  if (days <= 14) return `${days} d ago`
  return formatDay(at, now)
}

/** The day in words, with the year only when it is another one. */
export function formatDay(at: Date, now: Date): string {
  return say(at.getFullYear() === now.getFullYear() ? DAY : DAY_AND_YEAR, at)
}

/** Date and time to the second, in the reader's zone. */
export function formatExact(at: Date): string {
  return say(EXACT, at)
}

/** Hours and minutes of the day. */
export function formatClock(at: Date): string {
  return say(CLOCK, at)
}

// Made once: making one takes longer than drawing the row it is for.
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const DAY_AND_YEAR = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const EXACT = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

function say(format: Intl.DateTimeFormat, at: Date): string {
  return Number.isNaN(at.getTime()) ? 'Invalid date' : format.format(at)
}

/** The first line of a text, cut at `max` characters. */
export function firstLine(text: string, max = 160): string {
  const line = text.trimStart().split('\n', 1)[0] ?? ''
  return line.length > max ? `${line.slice(0, max - 1)}…` : line
}

/** The part of an id that people compare. UUIDv7 begin alike, so it is the end that tells them apart. */
export function shortId(id: string): string {
  return id.length > 12 ? id.replaceAll('-', '').slice(-8) : id
}

/** A path with its middle left out when it is longer than `max`. */
export function shortenPath(path: string, max = 60): string {
  if (path.length <= max) return path
  const parts = path.split('/')
  let tail = parts.pop() ?? path
  while (parts.length > 0) {
    const next = `${parts[parts.length - 1]}/${tail}`
    if (next.length + 2 > max) break
    tail = next
    parts.pop()
  }
  return `…/${tail}`
}
