// Reads what a running agent has recorded so far: its transcript and those of its subagents, from where the last look ended.
// It is the same import as any other, without a row and a report of its own.
import { extname } from 'node:path'
import type { Context } from '@/server/context'
import { fitId } from '@/server/transcripts/fit-text'
import { type Candidate, fileCandidate, findTranscripts } from './candidates'
import { listDatabaseSessions } from './opencode/database-candidates'
import { again } from './import-group'
import { importSession } from './import-session'
import { joinThreads } from './root-session'
import type { SessionGroup } from './session-group'
import { SessionPlaces } from './session-places'
import { sniff } from './sniff'
import { recordTimedCommits } from './timed-commits'

/** Answers whether anything was new. A file that is not there (yet) is nothing new. */
export async function importTranscript(ctx: Context, path: string, signal: AbortSignal): Promise<boolean> {
  const groups = await groupSources(await candidatesOf(path))
  const places = new SessionPlaces(ctx)
  let changed = false
  for (const group of groups) {
    const { written } = await again(() =>
      importSession(ctx, group, (facts) => places.ofSession(facts, path), {
        signal,
        read: () => {},
        placed: () => {},
        done: async () => {},
      }),
    )
    changed ||= written !== null
  }
  return changed
}

/** Makes checkpoints of the commits that were made while the task worked. */
export async function recordCommitsOf(ctx: Context, taskId: string, folder: string): Promise<void> {
  const places = new SessionPlaces(ctx)
  await places.ofFolder(folder)
  await recordTimedCommits(ctx, places, [taskId], () => {})
}

/**
 * Claude Code keeps its subagents in a folder beside the session, named like it. A session in a database is named by its
 * file and its id.
 */
async function candidatesOf(path: string): Promise<Candidate[]> {
  const database = /^(.*\.db)#/.exec(path)?.[1]
  if (database !== undefined) return listDatabaseSessions(database, []).filter((candidate) => candidate.path === path)
  if (path.endsWith('.db')) return listDatabaseSessions(path, [])
  const main = await fileCandidate(path).catch(() => null)
  if (!main) return []
  const beside = await findTranscripts(path.slice(0, path.length - extname(path).length), [])
  return [main, ...beside]
}

async function groupSources(candidates: Candidate[]): Promise<SessionGroup[]> {
  const groups = new Map<string, SessionGroup>()
  for (const candidate of candidates) {
    const sniffed = await sniff(candidate)
    const { format } = sniffed
    if (!format) continue
    const sessionId = sniffed.sessionId ?? fitId(candidate.path)
    const key = `${format.agent} ${sessionId}`
    const group = groups.get(key) ?? { format, sessionId, sources: [] }
    group.sources.push({ candidate, sniffed })
    groups.set(key, group)
  }
  return joinThreads([...groups.values()])
}
