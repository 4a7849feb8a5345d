// The life of a run in its row: claimed once, given a session, at work, at rest. Only the worker writes here.
import { and, eq, inArray, lt, or, isNull, sql } from 'drizzle-orm'
import { nativeSessions, runs } from '@/db/run-tables'
import { tasks } from '@/db/schema'
import type { WrittenSession } from '@/server/agents/types'
import { type Context, withTransaction } from '@/server/context'
import { recordEvents } from '@/server/services/history'
import type { RunRow } from './run-log'
import { findHold, wakeWaiting } from './run-queue'
import { AT_WORK, OPEN_STATES, type PermissionRequestView } from './run-views'

/**
 * Takes a waiting run; null when it is taken or ended already, so doing a job twice is doing it once, and when as many
 * agents of its contract are at work as may be: it is woken when one of them ends.
 */
export async function claimRun(ctx: Context, id: string, daemonId: string): Promise<RunRow | null> {
  return withTransaction(ctx, async (tx) => {
    const isWaiting = and(eq(runs.id, id), eq(runs.state, 'queued'), isNull(runs.importedAt))
    const [waiting] = await tx.db.select().from(runs).where(isWaiting)
    if (!waiting) return null
    const waitsFor = await findHold(tx, waiting)
    if (waitsFor !== null) {
      await tx.db.update(runs).set({ waitsFor }).where(isWaiting)
      return null
    }
    const [row] = await tx.db
      .update(runs)
      .set({ state: 'starting', daemonId, waitsFor: null, startedAt: tx.now(), heartbeatAt: sql`now()` })
      .where(isWaiting)
      .returning()
    return row ?? null
  })
}

/** From now on what is recorded in the native session belongs to the run's task. */
export async function linkSession(
  ctx: Context,
  run: RunRow,
  session: Pick<WrittenSession, 'sessionId' | 'inherited'>,
): Promise<void> {
  const { ownerId, agent, taskId, segmentId, seq } = run
  const { sessionId: nativeSessionId, inherited } = session
  await ctx.db
    .insert(nativeSessions)
    .values({ ownerId, agent, nativeSessionId, taskId, runId: run.id, segmentId, seq, inherited })
    .onConflictDoNothing()
}

/** The session is there and the agent is about to be started (or a person is to start it). */
export async function writeRunSession(
  ctx: Context,
  run: RunRow,
  values: { nativeSessionId: string | null; cwd: string; command: string[] | null; notCarried: string[] },
): Promise<void> {
  await ctx.db.update(runs).set(values).where(eq(runs.id, run.id))
}

/** The agent's process is there. */
export async function markAtWork(ctx: Context, run: RunRow, pid: number, pidStart: string | null): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    await tx.db
      .update(runs)
      .set({ state: 'running', pid, pidStart, heartbeatAt: sql`now()` })
      .where(and(eq(runs.id, run.id), inArray(runs.state, [...AT_WORK])))
    const now = tx.now()
    await tx.db
      .update(tasks)
      .set({
        status: 'running',
        completedAt: null,
        startedAt: sql`coalesce(started_at, ${now.toISOString()}::timestamptz)`,
      })
      .where(eq(tasks.id, run.taskId))
  })
}

export async function markFirstOutput(ctx: Context, run: RunRow): Promise<void> {
  await ctx.db.update(runs).set({ firstOutputAt: ctx.now() }).where(eq(runs.id, run.id))
}

/** What the agent waits for now; with something to answer the run is `waiting`. */
export async function writePending(ctx: Context, run: RunRow, pending: PermissionRequestView[]): Promise<void> {
  await ctx.db
    .update(runs)
    .set({ pending, state: pending.length > 0 ? 'waiting' : 'running' })
    .where(and(eq(runs.id, run.id), inArray(runs.state, [...AT_WORK])))
}

/** Takes the answers that came since, so that none is given to the agent twice. */
export async function takeAnswers(ctx: Context, id: string) {
  const rows = await ctx.db.execute<{
    answers: { requestId: string; optionId: string }[]
    stop_asked: string | null
  }>(sql`
    with before as (select id, answers, stop_asked from runs where id = ${id} for update)
    update runs set answers = '[]'::jsonb from before where runs.id = before.id
    returning before.answers, before.stop_asked`)
  const [row] = rows
  return { answers: row?.answers ?? [], stopAsked: row !== undefined && row.stop_asked !== null }
}

export type RunEnd = {
  state: 'done' | 'failed' | 'stopped' | 'interrupted'
  error: { code: string; detail: string } | null
  costUsd: number | null
}

const TASK_STATUS = { done: 'completed', failed: 'failed', stopped: 'interrupted', interrupted: 'interrupted' } as const

/** Ends a run once: its row, its task and its event. False when somebody else ended it before. */
export async function endRun(ctx: Context, run: RunRow, end: RunEnd): Promise<boolean> {
  return withTransaction(ctx, async (tx) => {
    const now = tx.now()
    const [ended] = await tx.db
      .update(runs)
      .set({
        state: end.state,
        errorCode: end.error?.code ?? null,
        error: end.error?.detail ?? null,
        costUsd: end.costUsd,
        pending: [],
        live: null,
        pid: null,
        finishedAt: now,
      })
      .where(and(eq(runs.id, run.id), inArray(runs.state, [...OPEN_STATES])))
      .returning({ id: runs.id })
    if (!ended) return false
    if (run.way === 'print') return true
    await wakeWaiting(tx, run.contractId)
    const [task] = await tx.db
      .update(tasks)
      .set({
        status: TASK_STATUS[end.state],
        completedAt: end.state === 'done' ? now : null,
        lastActivityAt: now,
      })
      .where(eq(tasks.id, run.taskId))
      .returning()
    const about = {
      contractId: run.contractId,
      taskId: run.taskId,
      repositoryId: task?.repositoryId ?? null,
      agent: run.agent,
    }
    const reason = end.error?.detail ?? null
    await recordEvents(tx, [
      end.state === 'interrupted'
        ? { ...about, eventType: 'task.interrupted', eventData: { name: task?.name ?? '', reason, runId: run.id } }
        : {
            ...about,
            eventType: 'turn.ended',
            eventSubtype: end.state,
            eventData: { runId: run.id, state: end.state, reason, costUsd: end.costUsd },
          },
    ])
    return true
  })
}

/** Tells that the worker still has the agents of these runs. */
export async function beatRuns(ctx: Context, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await ctx.db.update(runs).set({ heartbeatAt: sql`now()` }).where(inArray(runs.id, ids))
}

const SILENT_SECONDS = 30

/** Runs at work that no living worker has: of this daemon all that it does not know, of others those that fell silent. */
export async function listOrphans(ctx: Context, daemonId: string, known: string[]): Promise<RunRow[]> {
  const rows = await ctx.db
    .select()
    .from(runs)
    .where(
      and(
        inArray(runs.state, [...AT_WORK]),
        or(eq(runs.daemonId, daemonId), lt(runs.heartbeatAt, sql`now() - make_interval(secs => ${SILENT_SECONDS})`)),
      ),
    )
  return rows.filter((row) => !known.includes(row.id))
}

/** Waiting runs whose job may have been lost. */
export function listForgotten(ctx: Context, daemonId: string): Promise<RunRow[]> {
  return ctx.db
    .select()
    .from(runs)
    .where(
      and(
        eq(runs.state, 'queued'),
        or(isNull(runs.daemonId), eq(runs.daemonId, daemonId)),
        sql`${runs.createdAt} < now() - interval '60 seconds'`,
        sql`not exists (select 1 from graphile_worker.jobs j where j.key = 'run:' || ${runs.id}::text and j.attempts < j.max_attempts)`,
      ),
    )
    .limit(100)
}

/** Sessions of agents that nobody here started and that fell silent in the middle of a turn. */
export async function markSilent(ctx: Context, silentMinutes: number): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const silent = await tx.db
      .update(tasks)
      .set({ status: 'interrupted' })
      .where(
        and(
          eq(tasks.status, 'running'),
          sql`${tasks.lastActivityAt} < now() - make_interval(mins => ${silentMinutes})`,
          sql`not exists (select 1 from runs r where r.task_id = ${tasks.id} and r.state in ('starting', 'running', 'waiting'))`,
        ),
      )
      .returning()
    await recordEvents(
      tx,
      silent.map((task) => ({
        contractId: task.contractId,
        taskId: task.id,
        repositoryId: task.repositoryId,
        agent: task.agent,
        eventType: 'task.interrupted' as const,
        eventData: { name: task.name, reason: 'Its turn never ended.' },
      })),
    )
  })
}
