// What a person says to an agent at work: stop, or the answer to a question. The worker that runs it hears of it.
import { and, eq, inArray, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { runs } from '@/db/run-tables'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { answerInput } from './run-inputs'
import { getRun, type RunRow } from './run-log'
import { endRun } from './run-state'
import { OPEN_STATES, type RunView } from './run-views'

/** Asks the agent to end; one that has not begun yet does not begin. @throws AppError `not_found`, `conflict` (it is at rest) */
export async function requestStop(ctx: Context, input: { id: string }): Promise<RunView> {
  const row = await getOpenRun(ctx, input.id)
  await ctx.db.update(runs).set({ stopAsked: ctx.now() }).where(eq(runs.id, row.id))
  if (row.state === 'queued') await endRun(ctx, row, { state: 'stopped', error: null, costUsd: null })
  return getRun(ctx, input)
}

/** @throws AppError `not_found`, `conflict` (nobody asks this any more), `invalid` (no such option) */
export async function answerPermission(ctx: Context, input: z.infer<typeof answerInput>): Promise<RunView> {
  const row = await getOpenRun(ctx, input.id)
  const pending = row.pending as RunView['pending']
  const request = pending.find(({ requestId }) => requestId === input.requestId)
  if (!request) throw new AppError('conflict', 'The agent does not ask this any more. Look at the task again.')
  if (!request.options.some(({ id }) => id === input.optionId)) {
    const options = request.options.map(({ id }) => id).join(', ')
    throw new AppError('invalid', `This question can be answered with one of: ${options}.`)
  }
  const answer = JSON.stringify([{ requestId: input.requestId, optionId: input.optionId }])
  await ctx.db
    .update(runs)
    .set({ answers: sql`${runs.answers} || ${answer}::text::jsonb` })
    .where(eq(runs.id, row.id))
  return getRun(ctx, input)
}

async function getOpenRun(ctx: Context, id: string): Promise<RunRow> {
  await getRun(ctx, { id })
  const [row] = await ctx.db
    .select()
    .from(runs)
    .where(and(eq(runs.id, id), inArray(runs.state, [...OPEN_STATES])))
  if (!row) throw new AppError('conflict', 'The agent is at rest already.')
  return row
}
