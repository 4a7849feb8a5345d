// `npm run bench [-- names] [--quick] [--full] [--json]`: each figure of ours beside its yardstick, measured in the same run.
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import pc from 'picocolors'
import { formatReport, type Report } from './report'
import { createWorld, type World } from './world'

/** A file `<name>.bench.ts` exports its title and `measure`, which returns its lines or says why it cannot. */
export type Figure = {
  title: string
  measure: (world: World) => Promise<Omit<Report, 'figure' | 'title'>>
}

const FIGURES: Record<string, () => Promise<Figure>> = {
  import: () => import('./import.bench'),
  timeline: () => import('./timeline.bench'),
  conversation: () => import('./conversation.bench'),
  checkpoint: () => import('./checkpoint.bench'),
  rewind: () => import('./rewind.bench'),
  fork: () => import('./fork.bench'),
  agents: () => import('./agents.bench'),
  redact: () => import('./redact.bench'),
  share: () => import('./share.bench'),
  api: () => import('./api.bench'),
  entry: () => import('./entry.bench'),
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, full: { type: 'boolean' }, json: { type: 'boolean' } },
})
const unknown = positionals.filter((name) => !(name in FIGURES))
if (unknown.length > 0) {
  console.error(`There is no figure ${unknown.join(', ')}. Figures: ${Object.keys(FIGURES).join(', ')}.`)
  process.exit(1)
}

const started = Date.now()
const say = (text: string) =>
  process.stderr.write(pc.dim(`  ${Math.round((Date.now() - started) / 1000)} s  ${text}\n`))
const options = { quick: values.quick ?? false, full: values.full ?? false }
let end = async () => {}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    say('stopping …')
    void end().finally(() => process.exit(130))
  })
}

const reports: Report[] = []
for (const name of positionals.length > 0 ? positionals : Object.keys(FIGURES)) {
  const figure = await FIGURES[name]?.()
  if (!figure) continue
  say(figure.title)
  const made = createWorld(options, say)
  end = made.end
  try {
    const before = loadavg()[0] ?? 0
    const report = { figure: name, title: figure.title, ...(await figure.measure(made.world)) }
    report.notes.push(...tellLoad(before))
    reports.push(report)
    if (!values.json) console.log(formatReport(report))
  } catch (error) {
    console.error(error)
    process.exitCode = 1
  } finally {
    await made.end()
  }
}

/** Times taken while others used the machine are upper bounds; whoever reads them has to know. */
function tellLoad(before: number): string[] {
  const cores = availableParallelism()
  if (before < cores / 2) return []
  return [`the machine was busy when this began (load ${before.toFixed(1)} on ${cores} cores): times are upper bounds`]
}

if (values.json) console.log(JSON.stringify(reports, null, 2))
else if (options.quick) console.log('Sizes were small (--quick): targets are for the usual ones.')
