// What the command line writes: JSON for a program, tables and colour for a person.
import { stripVTControlCharacters } from 'node:util'
import Table from 'cli-table3'
import pc from 'picocolors'
import { showSigns } from '@/text/signs'

export type OutputOptions = { json?: boolean; home?: string }

/** A program reads the output: it was asked for, or it is no terminal. */
export function wantsJson(options: OutputOptions): boolean {
  return options.json ?? !process.stdout.isTTY
}

export function print(value: object): void {
  process.stdout.write(`${JSON.stringify(value)}\n`)
}

/** Writes to a person, whatever agents and files put into it: only our own colours get through. */
export function say(line = ''): void {
  process.stdout.write(`${keepingColours(line)}\n`)
}

/** The same beside the output. */
export function warn(line: string): void {
  process.stderr.write(`${keepingColours(line)}\n`)
}

/** What `picocolors` writes here: bold, dim, six colours and their ends. Nothing of it hides or moves a word. */
// oxlint-disable-next-line no-control-regex -- that is how a colour begins
const COLOUR = /(\u001B\[(?:1|2|22|3[1-6]|39)m)/

const keepingColours = (line: string) =>
  line
    .split(COLOUR)
    .map((part, index) => (index % 2 === 1 ? part : harmless(part)))
    .join('')

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
  drawn.push(...rows.map((row) => row.map((cell) => (isOurs(cell) ? cell : shorten(cell, CELL)))))
  for (const line of drawn.toString().split('\n')) say(line.trimEnd())
}

const CELL = 72

/** A word that we coloured ourselves. */
// oxlint-disable-next-line no-control-regex -- that is how a colour begins
const isOurs = (cell: string) => /^\u001B\[\d+m[a-z ]{1,20}\u001B\[39m$/.test(cell)

/**
 * What agents and their tools said, as it may stand in a terminal: it cannot move the cursor, colour, or turn words around.
 * Orders to the terminal are left out, and what else would not be seen is shown by its name.
 */
export function harmless(text: string): string {
  return showSigns(stripVTControlCharacters(text).replaceAll('\r', ''))
}

/** The first line of a text, not longer than `length`, and harmless. */
export function shorten(text: string, length: number): string {
  const line = harmless(text.split('\n', 1)[0] ?? '').trim()
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
