// `makima import PATH…`: asks a running Makima to import and shows how it goes.
import { resolve } from 'node:path'
import { SingleBar } from 'cli-progress'
import { readEnv } from '@/server/env'
import { findAddress } from './http'
import { followImport, type ImportAnswer, progressLine, reportLines, requestImport } from './imports'
import { say } from './output'

export type ImportOptions = { agent?: string; json?: boolean; home?: string }

/** Imports each path in turn (none: the agents' usual places); exit code 1 when one of them failed. */
export async function importPaths(paths: string[], options: ImportOptions): Promise<void> {
  const home = options.home ? resolve(options.home) : readEnv().home
  const address = findAddress(home)
  const wanted = paths.length === 0 ? [undefined] : paths.map((path) => resolve(path))
  const answers: ImportAnswer[] = []
  for (const path of wanted) {
    const importId = await requestImport(address, path, options.agent)
    const answer = options.json
      ? await followImport(address, importId, () => {})
      : await withBar(path ?? "the agents' usual places", (onProgress) => followImport(address, importId, onProgress))
    answers.push(answer)
    if (!options.json) say(reportLines(answer).join('\n'))
  }
  if (options.json) process.stdout.write(`${JSON.stringify(answers.length === 1 ? answers[0] : answers, null, 2)}\n`)
  if (answers.some((answer) => answer.state === 'failed')) process.exitCode = 1
}

type OnProgress = Parameters<typeof followImport>[2]

async function withBar(what: string, work: (onProgress: OnProgress) => Promise<ImportAnswer>): Promise<ImportAnswer> {
  say(`Importing ${what}`)
  const bar = new SingleBar({
    format: '  {bar} {percentage} % | {line}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: true,
    notTTYSchedule: 2000,
  })
  bar.start(1, 0, { line: 'starting' })
  try {
    return await work((progress) => {
      bar.setTotal(Math.max(1, progress.bytesTotal))
      bar.update(Math.min(progress.bytesDone, progress.bytesTotal), { line: progressLine(progress) })
    })
  } finally {
    bar.stop()
  }
}
