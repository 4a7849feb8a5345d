// Finds the place in a conversation from which an agent goes on, and what it is told there when nobody says otherwise.
import { and, desc, eq, sql } from 'drizzle-orm'
import { historyEvents } from '@/db/history-tables'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { type Head, readPath, pathLength, rowAt, slicePath } from '@/server/services/conversation-path'
import { readRows } from '@/server/services/conversation-rows'
import { fromMessageId } from '@/server/services/message-id'
import { findCheckpointPosition } from '@/server/services/operation-moments'
import { getCheckpointRow, type TaskRow } from '@/server/services/operation-subjects'
import { headAt, indexAtTime, indexOfMessage, readHeadPath } from '@/server/services/operation-talk'

export type ResumePoint = {
  /** Null: nothing is carried. */
  head: Head
  prompt: string
}

type Asked = { resumeMode: string; checkpointId?: string | null; atMessageId?: string | null }

const GO_ON = 'Continue from where you left off.'

/** @throws AppError `not_found` for a message or checkpoint that is not of this task. */
export async function findResumePoint(ctx: Context, task: TaskRow, asked: Asked): Promise<ResumePoint> {
  const head = { segmentId: task.headSegmentId, seq: task.headSeq }
  if (asked.atMessageId) return { head: await findMessage(ctx, head, asked.atMessageId), prompt: GO_ON }
  if (asked.checkpointId) return { head: await findCheckpoint(ctx, task, head, asked.checkpointId), prompt: GO_ON }
  if (asked.resumeMode === 'restart_phase') return findPhase(ctx, task, head)
  return openPrompt(ctx, task, head)
}

async function findMessage(ctx: Context, head: Head, messageId: string): Promise<Head> {
  const path = await readHeadPath(ctx, head)
  indexOfMessage(path, messageId)
  return fromMessageId(messageId)
}

async function findCheckpoint(ctx: Context, task: TaskRow, head: Head, checkpointId: string): Promise<Head> {
  const checkpoint = await getCheckpointRow(ctx, checkpointId)
  if (checkpoint.taskId !== task.id) {
    throw new AppError('invalid', 'This checkpoint belongs to another task. Resume that task instead.')
  }
  const known = await findCheckpointPosition(ctx, checkpoint)
  if (known) return known
  const path = await readHeadPath(ctx, head)
  return headAt(path, await indexAtTime(ctx, path, checkpoint.createdAt))
}

/** The phase begins with the message that its event names; what was asked there is asked again. */
async function findPhase(ctx: Context, task: TaskRow, head: Head): Promise<ResumePoint> {
  const [event] = await ctx.db
    .select({ at: historyEvents.createdAt, data: historyEvents.eventData })
    .from(historyEvents)
    .where(
      and(
        eq(historyEvents.ownerId, ctx.actor.ownerId),
        eq(historyEvents.taskId, task.id),
        eq(historyEvents.eventType, 'phase.changed'),
        sql`${historyEvents.eventData} ->> 'to' = ${task.phase}`,
      ),
    )
    .orderBy(desc(historyEvents.createdAt))
    .limit(1)
  const spans = await readPath(ctx, head)
  const path = await readHeadPath(ctx, head)
  const begin = event ? (await indexAtTime(ctx, path, event.at)) + 1 : 0
  const [first] = await readRows(ctx, slicePath(spans, begin, begin + 1))
  const said = first?.kind === 'prompt' ? first.text : null
  const before = begin > 0 ? rowAt(spans, begin - 1) : null
  const fallback = task.plan ?? `Begin the phase "${task.phase}" anew.`
  return { head: before ?? { segmentId: null, seq: 0 }, prompt: said ?? fallback }
}

/** A prompt that was never answered is asked again instead of being carried: no session may end on one. */
async function openPrompt(ctx: Context, task: TaskRow, head: Head): Promise<ResumePoint> {
  const spans = await readPath(ctx, head)
  const total = pathLength(spans)
  if (total === 0) return { head: { segmentId: null, seq: 0 }, prompt: beginningOf(task) }
  const [last] = await readRows(ctx, slicePath(spans, total - 1, total))
  if (last?.kind !== 'prompt' || !last.text) {
    return { head: rowAt(spans, total - 1) ?? head, prompt: (await planOfFork(ctx, task)) ?? GO_ON }
  }
  return { head: (total > 1 ? rowAt(spans, total - 2) : null) ?? { segmentId: null, seq: 0 }, prompt: last.text }
}

/** What a fork is to try, as long as nothing was said in it. */
async function planOfFork(ctx: Context, task: TaskRow): Promise<string | null> {
  if (task.plan === null || task.forkedFromTaskId === null || task.headSeq > 0) return null
  const [origin] = await ctx.db.select({ plan: tasks.plan }).from(tasks).where(eq(tasks.id, task.forkedFromTaskId))
  return origin?.plan === task.plan ? null : task.plan
}

function beginningOf({ plan, isSupervisor }: TaskRow): string {
  if (plan === null) return GO_ON
  return isSupervisor ? `${plan}\n\n${LEADING}` : plan
}

/** Told to an agent that begins to lead a contract, below what it is to do. */
const LEADING = `You lead this contract. Work that can go on by itself you may give to other agents, from your terminal:
- \`makima supervisor spawn --name NAME --plan TEXT\` starts one in a folder and on a branch of its own, with your files as they are now. Have it commit its work, and merge its branch when it is done.
- \`makima supervisor wait\` waits for them, \`makima supervisor tasks\` lists them, \`makima supervisor output TASK_ID\` tells what one said last.
- \`makima supervisor checkpoint\` keeps your files as they are; \`makima supervisor advance-phase\` says that the next phase begins.`
