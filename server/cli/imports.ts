// Owns following an import over REST: asking for it, polling it, and the words and the table it ends with.
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ImportProgress, ImportView, SourceView } from '@/server/services/views'
import { type Address, call, sendFile } from './http'

/** Over REST the times are text. */
export type ImportAnswer = Pick<ImportView, 'id' | 'path' | 'state' | 'checkpoints' | 'notes' | 'error'> & {
  progress: ImportProgress
  sources: SourceView[]
}

const PAGE = 1000

/**
 * Asks for an import; no path means the agents' usual places. A Makima elsewhere cannot look at a file of this machine,
 * so it is sent; a folder or what is not here is taken for one of that machine.
 */
export async function requestImport(address: Address, path?: string, agent?: string): Promise<string> {
  if (path !== undefined && !address.isOwn && (await isFile(path))) {
    const query = new URLSearchParams({ name: basename(path), ...(agent !== undefined && { agent }) })
    const { importId } = await sendFile<{ importId: string }>(address, `/imports/file?${query}`, path)
    return importId
  }
  const { importId } = await call<{ importId: string }>(address, 'POST', '/imports', { path, agent })
  return importId
}

const isFile = (path: string) =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  )

/** Polls an import until it ends, telling `onProgress` on the way, and returns it with all of its sources. */
export async function followImport(
  address: Address,
  importId: string,
  onProgress: (progress: ImportProgress) => void,
  signal?: AbortSignal,
): Promise<ImportAnswer> {
  for (let pause = 150; ; pause = Math.min(1000, pause * 1.3)) {
    const view = await call<ImportAnswer>(address, 'GET', `/imports/${importId}?sourcesLimit=0`)
    onProgress(view.progress)
    if (view.state === 'done' || view.state === 'failed')
      return { ...view, sources: await allSources(address, importId) }
    await sleep(pause, undefined, { signal })
  }
}

async function allSources(address: Address, importId: string): Promise<SourceView[]> {
  const sources: SourceView[] = []
  for (;;) {
    const path = `/imports/${importId}?sourcesFrom=${sources.length}&sourcesLimit=${PAGE}`
    const page = await call<ImportAnswer>(address, 'GET', path)
    sources.push(...page.sources)
    if (page.sources.length < PAGE) return sources
  }
}

/** One line on how far an import is. */
export function progressLine(progress: ImportProgress): string {
  const { phase, sourcesDone, sourcesTotal, records, messages, bytesPerSecond } = progress
  if (phase === 'waiting') return 'waiting for the worker'
  if (phase === 'looking') return `looking for transcripts: ${number(sourcesTotal)} found`
  const rate = bytesPerSecond > 0 ? `, ${(bytesPerSecond / 1e6).toFixed(1)} MB/s` : ''
  return `${number(sourcesDone)} of ${number(sourcesTotal)} sources, ${number(records)} records, ${number(messages)} messages${rate}`
}

/** The report an import ends with, as lines for a terminal. */
export function reportLines(view: ImportAnswer): string[] {
  const read = view.sources.filter((source) => !source.skipped)
  const skipped = view.sources.filter((source) => source.skipped)
  const sum = (pick: (source: SourceView) => number) => read.reduce((total, source) => total + pick(source), 0)
  const all: [string, number][] = [
    ['Sources', read.length],
    ['Records', sum((source) => source.records)],
    ['Messages', sum((source) => source.messages)],
    ['Tool calls', sum((source) => source.toolCalls)],
    ['Checkpoints', view.checkpoints],
    ['Unknown records, kept', sum((source) => source.unknown)],
    ['Healed records', sum((source) => source.healed)],
    ['Unreadable lines, kept', sum((source) => source.bad)],
    ['Skipped', skipped.length],
  ]
  // A contract's file is no source: what came with it, or why nothing did, is said in words.
  const isTold = read.length === 0 && (view.notes.length > 0 || view.state === 'failed')
  const rows = isTold ? all.filter(([, value]) => value > 0) : all
  const width = Math.max(...rows.map(([, value]) => number(value).length))
  const lines = rows.map(([label, value]) => `  ${label.padEnd(24)}${number(value).padStart(width)}`)
  const reasons = new Map<string, number>()
  for (const { skipped: reason } of skipped) if (reason) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  for (const [reason, count] of [...reasons].sort((a, b) => b[1] - a[1])) lines.push(`    ${number(count)} × ${reason}`)
  for (const note of view.notes) lines.push(`  ${note}`)
  if (view.state === 'failed') lines.push(`  The import failed: ${view.error ?? 'the log says why.'}`)
  return lines
}

function number(value: number): string {
  return value.toLocaleString('en')
}
