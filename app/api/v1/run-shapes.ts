// How REST tells of an agent's run. Other programs rely on these shapes.
import type { Context } from '@/server/context'
import { AppError, ERROR_CODES, type ErrorCode } from '@/server/errors'
import { waitForRun } from '@/server/services/runs/run-log'
import type { RunView } from '@/server/services/runs/run-views'
import { Answer } from './route-handler'

export function toRun({ id, ...run }: RunView) {
  return { runId: id, ...run }
}

/** 200 once the agent is at work (or its session is written), 202 while it is not yet; what failed at the start is an error. */
export async function answerRun(ctx: Context, requested: RunView | undefined, more: object = {}): Promise<Answer> {
  if (!requested) throw new AppError('internal', 'No run was started.')
  const run = await waitForRun(ctx, requested.id)
  if (run.state === 'failed' && run.error) {
    const { code, detail } = run.error
    throw new AppError(code in ERROR_CODES ? (code as ErrorCode) : 'internal', detail)
  }
  const isBegun = run.state !== 'queued' && run.state !== 'starting'
  return new Answer(isBegun ? 200 : 202, { ...toRun(run), ...more })
}
