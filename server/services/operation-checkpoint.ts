// Drafts a checkpoint that a person takes by hand: all files of the worktree, and where the talk stands.
import { max } from 'drizzle-orm'
import { eq } from 'drizzle-orm'
import { taskCheckpoints } from '@/db/schema'
import type { Context } from '@/server/context'
import { type Draft, emptyView, hashPlan, quoteName, type Subject } from './operation-draft'
import type { OperationInput } from './operation-inputs'
import { getTaskWithPlace, openPlace, requirePlace, type TaskWithPlace } from './operation-subjects'

type Input = OperationInput['checkpoint']

function subjectOf(owner: TaskWithPlace): Subject {
  return {
    summary: `take a checkpoint of ${quoteName(owner.task.name)}`,
    contractId: owner.task.contractId,
    taskId: owner.task.id,
    repositoryId: owner.task.repositoryId,
    worktreeId: requirePlace(owner).worktreeId,
  }
}

export async function describeCheckpoint(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(await getTaskWithPlace(ctx, input.taskId))
}

export async function draftCheckpoint(ctx: Context, input: Input): Promise<Draft> {
  const owner = await getTaskWithPlace(ctx, input.taskId)
  const place = requirePlace(owner)
  await openPlace(ctx, place)
  const number = await nextCheckpointNumber(ctx, owner.task.id)
  const message = input.message?.trim() || `Checkpoint ${number}`
  return {
    ...subjectOf(owner),
    kind: 'checkpoint',
    place,
    effects: [{ type: 'capture', number, message }],
    snapshot: false,
    talk: null,
    // The capture itself is what is known from now on; its row says so.
    knownTree: null,
    details: { kind: 'checkpoint', message, taken: input.kind },
    view: { ...emptyView('rewind'), planHash: hashPlan(['checkpoint', owner.task.id]) },
  }
}

export async function nextCheckpointNumber(ctx: Context, taskId: string): Promise<number> {
  const [row] = await ctx.db
    .select({ last: max(taskCheckpoints.number) })
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, taskId))
  return (row?.last ?? 0) + 1
}
