// Imports one session and tells of it in the report. A fault in one session stops no other.
import type { Context } from '@/server/context'
import type { Repository } from '@/server/git/types'
import { logger } from '@/server/log'
import type { Agent } from '@/server/transcripts/agents'
import type { Candidate } from './candidates'
import type { ImportReport } from './import-report'
import { importSession } from './import-session'
import type { Progress, SessionGroup, SessionSource } from './session-group'
import type { ProgressReporter } from './progress'
import { readError, watchReading } from './read-fault'
import type { SessionPlaces } from './session-places'

export type Run = {
  ctx: Context
  importId: string
  /** Only this agent's transcripts are wanted; null: any. */
  agent: Agent | null
  progress: ProgressReporter
  places: SessionPlaces
  signal: AbortSignal
  report: ImportReport
}

/**
 * Imports one session. A source that cannot be read is told and left out; any other fault is reported for all its sources.
 * Returns its main task when something was new.
 */
export async function importGroup(
  run: Run,
  group: SessionGroup,
  repository: Repository | null,
): Promise<string | null> {
  const { progress, report } = run
  let readBytes = 0
  const bytes = group.sources.reduce((sum, source) => sum + source.candidate.bytes, 0)
  const [first] = group.sources
  progress.change({ current: first?.candidate.path ?? null })
  const placeOf: Parameters<typeof importSession>[2] = async (facts) =>
    repository ? run.places.ofRepository(repository) : run.places.ofSession(facts, first?.candidate.path ?? '')
  const listener: Progress = {
    signal: run.signal,
    read: (read, records) => {
      readBytes += read
      progress.change({ bytesDone: progress.state.bytesDone + read, records: progress.state.records + records })
    },
    placed: (rows) => progress.change({ messages: progress.state.messages + rows }),
    done: (inside, results) => report.write(inside, results),
  }
  try {
    for (let left = group.sources; left.length > 0; ) {
      const unreadable = new Set<SessionSource>()
      const sources = left.map((source) => ({
        ...source,
        candidate: watchReading(source.candidate, () => unreadable.add(source)),
      }))
      try {
        const session = { ...group, sources }
        const { results, forgotten, written } = await again(() => importSession(run.ctx, session, placeOf, listener))
        report.count(results)
        for (const { candidate } of forgotten) await report.passOverForgotten(candidate.path)
        return written?.mainTaskId ?? null
      } catch (error) {
        if (run.signal.aborted || isConnectionError(error) || isOutOfRoom(error)) throw error
        logger.warn({ err: error, session: group.sessionId }, 'a session was not imported')
        const given = unreadable.size > 0 ? unreadable : new Set(left)
        for (const source of given) await report.skip(source.candidate.path, readError(error))
        left = left.filter((source) => !given.has(source))
      }
    }
    return null
  } finally {
    // Whatever was not read, after a fault say, counts as done: the bar must come to its end.
    const { bytesDone, sourcesDone } = progress.state
    progress.change({ bytesDone: bytesDone + bytes - readBytes, sourcesDone: sourcesDone + group.sources.length })
  }
}

const TRIES = 3

/** An operation at the same moment may lock the same rows in another order; the server then ends one of the two. */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (error) {
      if (tried === TRIES || !codesOf(error).some((code) => code === '40P01' || code === '40001')) throw error
    }
  }
}

export function passOver(run: Run, candidate: Candidate): void {
  const { state } = run.progress
  run.progress.change({ bytesDone: state.bytesDone + candidate.bytes, sourcesDone: state.sourcesDone + 1 })
}

/** What is no transcript after all is no source of the import. */
export function disregard(run: Run, candidate: Candidate): void {
  const { state } = run.progress
  run.progress.change({ bytesTotal: state.bytesTotal - candidate.bytes, sourcesTotal: state.sourcesTotal - 1 })
}

/** PostgreSQL's or the socket's code of an error, wherever in its causes it stands. */
function codesOf(error: unknown): string[] {
  const codes: string[] = []
  for (let next: unknown = error; next instanceof Error; next = next.cause) {
    const code = (next as { code?: unknown }).code
    if (typeof code === 'string') codes.push(code)
  }
  return codes
}

/** The database went away: the job is tried again as a whole, since nothing of it is half done. */
export function isConnectionError(error: unknown): boolean {
  return codesOf(error).some((code) => /^(08|57P)|^CONNECT|^ECONN|^EPIPE/.test(code))
}

/** The database has no room left: every further session would fail in the same way. */
export function isOutOfRoom(error: unknown): boolean {
  return codesOf(error).some((code) => code === '53100' || code === 'ENOSPC')
}
