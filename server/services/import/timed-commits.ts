// Commits that were made in a session's repository while it worked, found by time.
import { inArray } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { isAppError } from '@/server/errors'
import { listCommits } from '@/server/git/log'
import type { LogCommit } from '@/server/git/types'
import { logger } from '@/server/log'
import { adoptCheckpoints } from './adopt-checkpoints'
import { type CommitMatch, type NewCheckpoint, recordCommits } from './checkpoints'
import type { SessionPlaces } from './session-places'

/** An agent's last commit is often written moments after its last record. */
const GRACE_MS = 60_000

/** Returns how many checkpoints were added. */
export async function recordTimedCommits(
  ctx: Context,
  places: SessionPlaces,
  taskIds: string[],
  note: (sentence: string) => void,
): Promise<number> {
  if (taskIds.length === 0) return 0
  const rows = await ctx.db.select().from(tasks).where(inArray(tasks.id, taskIds))
  let added = 0
  for (const [repositoryId, repository] of places.repositories) {
    const here = rows.filter((task) => task.repositoryId === repositoryId && task.startedAt !== null)
    if (here.length === 0) continue
    const since = new Date(Math.min(...here.map((task) => task.startedAt?.getTime() ?? 0)))
    const matches = new Map<string, CommitMatch[]>()
    try {
      for await (const commit of listCommits(repository, { all: true, since })) {
        const task = taskAt(here, commit)
        if (!task) continue
        const match: CommitMatch = { commit, matchedBy: 'time', externalId: null, branch: task.branch, position: null }
        matches.set(task.id, [...(matches.get(task.id) ?? []), match])
      }
    } catch (error) {
      logger.warn({ err: error, repositoryId }, 'the history of a repository could not be read')
      note(`The commits of ${repository.path} could not be read${isAppError(error) ? `: ${error.message}` : '.'}`)
      continue
    }
    const checkpoints: NewCheckpoint[] = []
    for (const [taskId, found] of matches) checkpoints.push(...(await recordCommits(ctx, taskId, found)))
    await adoptCheckpoints(ctx, repositoryId, repository, checkpoints)
    added += checkpoints.length
  }
  return added
}

type Task = typeof tasks.$inferSelect

/** Of several sessions at work at that moment, the one that began last: it is the one in the person's hands. */
function taskAt(here: Task[], commit: LogCommit): Task | null {
  const moment = commit.committedAt.getTime()
  const during = here.filter(
    (task) => (task.startedAt?.getTime() ?? 0) <= moment && moment <= task.lastActivityAt.getTime() + GRACE_MS,
  )
  return during.sort((a, b) => (b.startedAt?.getTime() ?? 0) - (a.startedAt?.getTime() ?? 0))[0] ?? null
}
