// A task that another one starts: on the starter's files as they are now, in a folder of its own, with an agent at work.
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { requireSupervisor } from '@/server/services/contracts'
import { idInput } from '@/server/services/inputs'
import { settle } from '@/server/services/operation-answers'
import { getCheckpointRow, getLastCheckpoint } from '@/server/services/operation-subjects'
import { requestCheckpoint, requestFork } from '@/server/services/operations'
import type { OperationView } from '@/server/services/views'
import { requestResume } from './request-run'
import { agentInput, runSettings } from './run-inputs'
import type { RunView } from './run-views'

/** How long one that spawns several at once waits for the capture of the other. */
const PATIENCE_MS = 60_000

export const spawnInput = z.object({
  contractId: idInput,
  /** The task that starts the new one; without it the supervisor. */
  parentTaskId: idInput.nullish(),
  name: z.string().trim().min(1, 'A task needs a name.').max(200),
  plan: z.string().trim().min(1, 'Say in plan what the new task is to do.').max(20_000),
  /** The files it begins with; without it those of the task that starts it, as they are now. */
  checkpointId: idInput.nullish(),
  /** Instead of a checkpoint: the newest state of this task of the contract. */
  fromTaskId: idInput.nullish(),
  /** Without it the agent of the task that starts it. */
  agent: agentInput.nullish(),
  ...runSettings,
})

/**
 * Starts a task below another one of the contract. Waits until its folder is there, not for its agent.
 * @throws AppError as a checkpoint, a fork and a resume do.
 */
export async function spawnTask(ctx: Context, input: z.output<typeof spawnInput>): Promise<RunView> {
  const { contractId, name, plan, agent, fromTaskId, ...settings } = input
  const parentTaskId = input.parentTaskId ?? (await requireSupervisor(ctx, { id: contractId }))
  await requireTaskOf(ctx, contractId, parentTaskId)
  if (fromTaskId && input.checkpointId) {
    throw new AppError('invalid', 'Name a checkpoint or a task to begin with, not both.')
  }
  const checkpointId =
    input.checkpointId ??
    (fromTaskId ? (await getLastCheckpoint(ctx, fromTaskId)).id : await captureNow(ctx, parentTaskId, name))
  const { taskId: originId } = await getCheckpointRow(ctx, checkpointId)
  await requireTaskOf(ctx, contractId, originId)
  const { result } = await settle(
    ctx,
    requestFork(ctx, {
      taskId: originId,
      parentTaskId,
      forkFromType: 'checkpoint',
      forkFromValue: checkpointId,
      newTaskName: name,
      newTaskPlan: plan,
      includeConversation: false,
    }),
  )
  const taskId = result?.newTaskId
  if (typeof taskId !== 'string') {
    throw new AppError('conflict', 'The new folder is not finished yet. Resume its task when the operation is done.')
  }
  return requestResume(ctx, { ...settings, taskId, agent, additionalContext: settings.additionalContext ?? plan })
}

async function captureNow(ctx: Context, taskId: string, name: string): Promise<string> {
  const asked = { taskId, message: `Before "${name.slice(0, 100)}" was started` }
  const done = await patiently(() => settle(ctx, requestCheckpoint(ctx, asked)))
  const id = done.result?.checkpointId
  if (typeof id === 'string') return id
  throw new AppError('conflict', 'The checkpoint to start from is not finished yet. Try again in a moment.')
}

/** One operation a folder at a time: who starts several tasks at once has them wait for one another. */
async function patiently(work: () => Promise<OperationView>): Promise<OperationView> {
  const until = Date.now() + PATIENCE_MS
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict' || Date.now() > until) throw error
      await sleep(200)
    }
  }
}

async function requireTaskOf(ctx: Context, contractId: string, taskId: string): Promise<void> {
  const [task] = await ctx.db
    .select({ id: tasks.id })
    .from(tasks)
    .where(and(eq(tasks.id, taskId), eq(tasks.contractId, contractId), eq(tasks.ownerId, ctx.actor.ownerId)))
  if (!task) throw new AppError('invalid', 'This task is of another contract. Name one of this contract.')
}
