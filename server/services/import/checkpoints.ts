// Commits become checkpoints of the task that made them, tied to the message at that moment.
import { eq, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import type { LogCommit } from '@/server/git/types'
import { blankText } from '@/server/services/forget/blank'
import { loadForgottenStrings } from '@/server/services/forget/keyed-strings'
import { commitMark, findMarks } from '@/server/services/forget/tombstones'
import { type NewEvent, ensureHistoryMonths, recordEvents } from '@/server/services/history'
import { toMessageId } from '@/server/services/message-id'
import { sumContract } from './totals'

export type CommitMatch = {
  commit: LogCommit
  matchedBy: 'trailer' | 'time'
  externalId: string | null
  branch: string | null
  /** The transcript as it was at the commit: the first `bytes` bytes of a source. */
  position: { sourceId: string; bytes: number } | null
}

export type NewCheckpoint = { taskId: string; number: number; commitSha: string }

type Row = {
  segment_id: string
  seq: number
  at: number | null
  source_id: string
  source_offset: number
  parent_seq: number
  parent_segment_id: string | null
}

/** Adds the commits that the task does not have yet as checkpoints, oldest first. Returns what was added, for the store. */
export async function recordCommits(ctx: Context, taskId: string, matches: CommitMatch[]): Promise<NewCheckpoint[]> {
  if (matches.length === 0) return []
  const times = matches.map((match) => match.commit.committedAt.getTime())
  await ensureHistoryMonths(ctx.db, new Date(Math.min(...times)), new Date(Math.max(...times)))
  return withTransaction(ctx, async (inside) => {
    const [task] = await inside.db.select().from(tasks).where(eq(tasks.id, taskId)).for('update')
    if (!task?.repositoryId) return []
    const { repositoryId } = task
    const known = await inside.db
      .select({ sha: taskCheckpoints.commitSha, number: taskCheckpoints.number })
      .from(taskCheckpoints)
      .where(eq(taskCheckpoints.taskId, taskId))
    const shas = new Set(known.map((row) => row.sha))
    const unknown = unique(matches.filter((match) => !shas.has(match.commit.sha)))
    const fresh = await withoutForgotten(inside, taskId, unknown)
    if (fresh.length === 0) return []
    const placed = await readPlaces(inside, taskId)
    let number = known.reduce((highest, row) => Math.max(highest, row.number), 0)
    const added: NewCheckpoint[] = []
    const events: NewEvent[] = []
    for (const match of fresh) {
      const { commit } = match
      number += 1
      const id = newId()
      const snapshotId = newId()
      const at = commit.committedAt
      const place = findPlace(placed, match)
      const stats = { files: commit.filesChanged, additions: commit.additions, deletions: commit.deletions }
      await inside.db.insert(taskCheckpoints).values({
        id,
        ownerId: ctx.actor.ownerId,
        contractId: task.contractId,
        taskId,
        repositoryId,
        worktreeId: task.worktreeId,
        number,
        kind: 'commit',
        commitSha: commit.sha,
        treeSha: commit.tree,
        baseHead: commit.parents[0] ?? null,
        branch: match.branch,
        message: commit.subject,
        ...stats,
        conversationSnapshotId: snapshotId,
        matchedBy: match.matchedBy,
        externalId: match.externalId,
        createdAt: at,
      })
      await inside.db.insert(conversationSnapshots).values({
        id: snapshotId,
        ownerId: ctx.actor.ownerId,
        taskId,
        checkpointId: id,
        snapshotType: 'checkpoint',
        segmentId: place?.segmentId ?? null,
        seq: place?.seq ?? 0,
        messageCount: place?.count ?? 0,
        createdAt: at,
      })
      added.push({ taskId, number, commitSha: commit.sha })
      const messageId = place && place.seq > 0 ? toMessageId(place.segmentId, place.seq) : null
      events.push({
        eventType: 'checkpoint.created',
        eventSubtype: 'commit',
        eventData: {
          checkpointId: id,
          number,
          kind: 'commit',
          sha: commit.sha,
          message: commit.subject,
          ...stats,
          branch: match.branch,
          messageId,
        },
        contractId: task.contractId,
        taskId,
        repositoryId,
        agent: task.agent,
        phase: 'execute',
        at,
      })
    }
    await sumContract(inside, task.contractId)
    await recordEvents(inside, events)
    return added
  })
}

/** Those whose checkpoint was not forgotten, with the strings that were blanked in their messages. */
async function withoutForgotten(ctx: Context, taskId: string, matches: CommitMatch[]): Promise<CommitMatch[]> {
  const marks = new Map(matches.map((match) => [commitMark(ctx, taskId, match.commit.sha), match]))
  const gone = await findMarks(ctx, [...marks.keys()])
  const matchers = await loadForgottenStrings(ctx)
  return [...marks].flatMap(([mark, match]) => {
    if (gone.has(mark)) return []
    const subject = matchers.reduce((text, matcher) => blankText(matcher, text, true), match.commit.subject)
    return [{ ...match, commit: { ...match.commit, subject } }]
  })
}

function unique(matches: CommitMatch[]): CommitMatch[] {
  const bySha = new Map(matches.map((match) => [match.commit.sha, match]))
  return [...bySha.values()].sort((a, b) => a.commit.committedAt.getTime() - b.commit.committedAt.getTime())
}

async function readPlaces(ctx: Context, taskId: string): Promise<Row[]> {
  return ctx.db.execute<Row>(sql`
    select m.segment_id, m.seq, (extract(epoch from m.at) * 1000)::float8 as at, m.source_id, m.source_offset::float8 as source_offset,
      g.parent_seq, g.parent_segment_id
    from segments g join messages m on m.segment_id = g.id where g.task_id = ${taskId} order by g.id, m.seq`)
}

/** The last message before the moment: by the length the transcript had then, else by the clock. */
function findPlace(rows: Row[], match: CommitMatch): { segmentId: string; seq: number; count: number } | null {
  const { position } = match
  const byLength = position
    ? last(rows, (row) =>
        row.source_id === position.sourceId && row.source_offset < position.bytes ? row.source_offset : null,
      )
    : null
  const moment = match.commit.committedAt.getTime()
  // A commit's time has no milliseconds, so messages of the same second still count as before it.
  const found = byLength ?? last(rows, (row) => (row.at !== null && row.at <= moment + 999 ? row.at : null))
  if (!found) return null
  return {
    segmentId: found.segment_id,
    seq: found.seq,
    count: found.seq + (found.parent_segment_id ? found.parent_seq : 0),
  }
}

function last(rows: Row[], rank: (row: Row) => number | null): Row | null {
  let best: Row | null = null
  let highest = Number.NEGATIVE_INFINITY
  for (const row of rows) {
    const value = rank(row)
    if (value !== null && value >= highest) {
      best = row
      highest = value
    }
  }
  return best
}
