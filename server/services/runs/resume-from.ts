// A new task on the state of an earlier one: a worktree of its own with that moment's files, and an agent that begins there.
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { idInput } from '@/server/services/inputs'
import { settle } from '@/server/services/operation-answers'
import { getCheckpointRow, getLastCheckpoint, getTaskWithPlace } from '@/server/services/operation-subjects'
import { requestFork } from '@/server/services/operations'
import { requestResume } from './request-run'
import { runSettings } from './run-inputs'
import type { RunView } from './run-views'

export const resumeFromInput = z.object({
  taskId: idInput,
  /** `latest`: the newest that the task has. */
  checkpointId: z.union([z.literal('latest'), idInput]).default('latest'),
  taskName: z.string().trim().min(1).max(200).nullish(),
  plan: z.string().trim().min(1, 'Say in plan what the new task is to do.').max(20_000),
  /** False begins without what was said up to the checkpoint. */
  includeConversation: z.boolean().default(true),
  ...runSettings,
})

/** @throws AppError `invalid` for a checkpoint of another task, and as a fork or a resume does. */
export async function requestResumeFrom(ctx: Context, input: z.output<typeof resumeFromInput>): Promise<RunView> {
  const { taskId, checkpointId, taskName, plan, includeConversation, ...settings } = input
  const { task } = await getTaskWithPlace(ctx, taskId)
  const checkpoint = await (checkpointId === 'latest'
    ? getLastCheckpoint(ctx, taskId)
    : getCheckpointRow(ctx, checkpointId))
  if (checkpoint.taskId !== taskId) throw new AppError('invalid', 'This checkpoint belongs to another task.')
  const { result } = await settle(
    ctx,
    requestFork(ctx, {
      taskId,
      forkFromType: 'checkpoint',
      forkFromValue: checkpoint.id,
      newTaskName: taskName ?? `${task.name.slice(0, 150)} (from checkpoint ${checkpoint.number})`,
      newTaskPlan: plan,
      includeConversation,
    }),
  )
  const newTaskId = result?.newTaskId
  if (typeof newTaskId !== 'string') {
    throw new AppError('conflict', 'The fork is not finished yet. Resume its task when the operation is done.')
  }
  return requestResume(ctx, { ...settings, taskId: newTaskId, additionalContext: settings.additionalContext ?? plan })
}
