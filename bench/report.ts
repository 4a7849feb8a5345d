// Owns how figures are told: ours beside its yardstick, as medians with their range, and whether the target is reached.
import pc from 'picocolors'

export type Unit = 'ms' | 's' | 'MB/s' | 'MB' | 'kB' | 'rows' | 'tasks' | 'pages' | '%' | 'requests'

/** What one thing measured, repeated; in `unit`. */
export type Measure = { unit: Unit; samples: number[] }

/** One line of the table. `ratio` is ours divided by the yardstick, per pair of runs where they alternated. */
export type Line = {
  name: string
  ours: Measure
  yardstick?: { name: string; measure: Measure }
  ratio?: number[]
  target?: { text: string; reached: boolean }
}

export type Report = { figure: string; title: string; lines: Line[]; notes: string[]; skipped?: string }

export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const [high, low] = [sorted[middle] ?? Number.NaN, sorted[middle - 1] ?? Number.NaN]
  return sorted.length % 2 === 1 ? high : (low + high) / 2
}

/** Ours beside the yardstick, sample by sample as they alternated; medians of each where their numbers differ. */
export function ratios(ours: readonly number[], yardstick: readonly number[]): number[] {
  if (ours.length !== yardstick.length) return [median(ours) / median(yardstick)]
  return ours.map((value, i) => value / (yardstick[i] ?? Number.NaN))
}

/** A line with a yardstick and its ratio; `isReached` is asked with the median of ours and of the ratio. */
export function compare(
  name: string,
  ours: Measure,
  yardstick: { name: string; measure: Measure },
  target?: { text: string; isReached: (ours: number, ratio: number) => boolean },
): Line {
  const ratio = ratios(ours.samples, yardstick.measure.samples)
  return {
    name,
    ours,
    yardstick,
    ratio,
    ...(target && {
      target: { text: target.text, reached: target.isReached(median(ours.samples), median(ratio)) },
    }),
  }
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

const digits = (value: number) => (value >= 100 ? 0 : value >= 10 ? 1 : 2)
const format = (value: number) =>
  value.toLocaleString('en', { maximumFractionDigits: digits(value), minimumFractionDigits: digits(value) })

function span(samples: readonly number[], unit: string): string {
  const whole = samples.every(Number.isInteger)
  const show = whole ? (value: number) => value.toLocaleString('en') : format
  const range = samples.length > 1 ? ` [${show(Math.min(...samples))}–${show(Math.max(...samples))}]` : ''
  return `${show(median(samples))}${range} ${unit}`
}

/** The report as a table for people. */
export function formatReport(report: Report): string {
  const head = `\n${pc.bold(report.title)} (${report.figure})`
  if (report.skipped !== undefined) return `${head}\n  skipped: ${report.skipped}\n`
  const rows = report.lines.map((line) => [
    line.name,
    span(line.ours.samples, line.ours.unit),
    line.yardstick
      ? `${line.yardstick.name}: ${span(line.yardstick.measure.samples, line.yardstick.measure.unit)}`
      : '',
    line.ratio ? span(line.ratio, '×') : '',
    line.target ? `${line.target.reached ? 'reached' : 'NOT REACHED'}: ${line.target.text}` : '',
  ])
  const table = [['', 'ours', 'yardstick', 'ratio', 'target'], ...rows]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  const text = table.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
  const coloured = text.map((row, i) => {
    const reached = report.lines[i - 1]?.target?.reached
    return i === 0 ? pc.dim(row) : reached === false ? pc.red(row) : reached ? pc.green(row) : row
  })
  return [head, ...coloured, ...report.notes.map((note) => pc.dim(`  ${note}`)), ''].join('\n')
}
