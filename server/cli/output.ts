// What the command line writes: JSON for a program, tables and colour for a person.
import Table from 'cli-table3'
import pc from 'picocolors'

export type OutputOptions = { json?: boolean; home?: string }

/** A program reads the output: it was asked for, or it is no terminal. */
export function wantsJson(options: OutputOptions): boolean {
  return options.json ?? !process.stdout.isTTY
}

export function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

export function say(line = ''): void {
  process.stdout.write(`${line}\n`)
}

/** A table without lines; `empty` is said where there is no row. Columns are cut so that a row stays one line. */
export function table(head: string[], rows: string[][], empty: string): void {
  if (rows.length === 0) return say(empty)
  const none = Object.fromEntries(
    ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) => [
      [side, ''],
      [`${side}-mid`, ''],
      [`${side}-left`, ''],
      [`${side}-right`, ''],
    ]),
  )
  const drawn = new Table({
    head: head.map((name) => pc.dim(name)),
    chars: { ...none, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  drawn.push(...rows.map((row) => row.map((cell) => shorten(cell, CELL))))
  for (const line of drawn.toString().split('\n')) say(line.trimEnd())
}

const CELL = 72

/** The first line of a text, not longer than `length`. */
export function shorten(text: string, length: number): string {
  const line = text.split('\n', 1)[0]?.trim() ?? ''
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

/** A moment over REST as local time, to the second. */
export function moment(at: string | null): string {
  if (at === null) return ''
  const time = new Date(at)
  const pad = (number: number) => String(number).padStart(2, '0')
  const day = `${time.getFullYear()}-${pad(time.getMonth() + 1)}-${pad(time.getDate())}`
  return `${day} ${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`
}
