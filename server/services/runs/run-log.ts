// The runs of agents as they are shown, and waiting for one.
import { setTimeout as sleep } from 'node:timers/promises'
import { and, desc, eq, inArray } from 'drizzle-orm'
import type { z } from 'zod'
import { runs } from '@/db/run-tables'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { runListInput } from './run-inputs'
import { shellLine } from './shell-line'
import { OPEN_STATES, type RunView } from './run-views'

/** Channel on which a worker hears that a run was stopped or answered; the payload is the run's id. */
export const RUNS_CHANNEL = 'makima_runs'

export type RunRow = typeof runs.$inferSelect

export function toRunView(row: RunRow, taskName: string): RunView {
  return {
    id: row.id,
    contractId: row.contractId,
    taskId: row.taskId,
    taskName,
    agent: row.agent,
    way: row.way as RunView['way'],
    mode: row.mode as RunView['mode'],
    state: row.state as RunView['state'],
    waitsFor: row.waitsFor,
    prompt: row.prompt,
    sessionId: row.nativeSessionId,
    cwd: row.cwd,
    command: row.cwd && Array.isArray(row.command) ? shellLine(row.cwd, row.command as string[]) : null,
    notCarried: row.notCarried as string[],
    pending: row.pending as RunView['pending'],
    costUsd: row.costUsd,
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.error ?? '' },
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    firstOutputAt: row.firstOutputAt,
    finishedAt: row.finishedAt,
  }
}

/** @throws AppError `not_found` */
export async function getRun(ctx: Context, input: { id: string }): Promise<RunView> {
  const [row] = await ctx.db
    .select({ run: runs, taskName: tasks.name })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(and(eq(runs.ownerId, ctx.actor.ownerId), eq(runs.id, input.id)))
  if (!row) throw new AppError('not_found', 'There is no run with this id.')
  return toRunView(row.run, row.taskName)
}

/** The newest runs of a task or contract, at most 50; with `open` all that have not ended. */
export async function listRuns(ctx: Context, input: z.infer<typeof runListInput>): Promise<RunView[]> {
  const rows = await ctx.db
    .select({ run: runs, taskName: tasks.name })
    .from(runs)
    .innerJoin(tasks, eq(tasks.id, runs.taskId))
    .where(
      and(
        eq(runs.ownerId, ctx.actor.ownerId),
        input.taskId ? eq(runs.taskId, input.taskId) : undefined,
        input.contractId ? eq(runs.contractId, input.contractId) : undefined,
        input.open ? inArray(runs.state, [...OPEN_STATES]) : undefined,
      ),
    )
    .orderBy(desc(runs.createdAt), desc(runs.id))
    .limit(input.open ? 10_000 : 50)
  return rows.map(({ run, taskName }) => toRunView(run, taskName))
}

/** Waits until the run has begun (its session is written, its agent started) or has ended; at most `timeoutMs`. */
export async function waitForRun(ctx: Context, id: string, timeoutMs = 30_000): Promise<RunView> {
  const until = Date.now() + timeoutMs
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 250)) {
    const run = await getRun(ctx, { id })
    if ((run.state !== 'queued' && run.state !== 'starting') || Date.now() > until) return run
    await sleep(pause)
  }
}
