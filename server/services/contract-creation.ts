// Makes contracts and tasks by hand, on a folder that exists, so that checkpoints and rewind need no transcript.
import { isAbsolute } from 'node:path'
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { contracts, repositories, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { openRepository, requireWorktree } from '@/server/git/repository'
import { openStore } from '@/server/git/store'
import type { WorktreeRepository } from '@/server/git/types'
import { contractLimits } from './contract-changes'
import { type NewEvent, recordEvents } from './history'
import { idInput } from './inputs'
import { storesFolder } from './operation-subjects'
import { recordRepository } from './repositories'

const folder = z
  .string()
  .min(1, 'Give the folder of a git repository')
  .max(4_000)
  .refine((path) => isAbsolute(path), 'Give the whole path of the folder, from the root')
const name = (what: string) => z.string().trim().min(1, `A ${what} needs a name`).max(200)
const agent = z.string().trim().min(1).max(60).nullish()

export const contractCreateInput = z.object({
  name: name('contract'),
  goal: z.string().trim().max(20_000).nullish(),
  repositoryPath: folder,
  agent,
  ...contractLimits,
})
export const taskAddInput = z.object({
  contractId: idInput,
  name: name('task'),
  plan: z.string().max(20_000).nullish(),
  worktreePath: folder.nullish(),
  /** Without it the agent of the supervisor. */
  agent,
})

/** What a task is called by that no agent works on yet. */
const BY_HAND = 'none'

/**
 * A contract on the repository that holds `repositoryPath`, with a supervisor task in that worktree. Changes nothing in
 * the folder. Throws `not_found`, `forbidden`, `invalid` (no repository) and `precondition_failed` (bare).
 */
export async function createContract(ctx: Context, input: z.infer<typeof contractCreateInput>) {
  const repository = requireWorktree(await openRepository(input.repositoryPath))
  const [contractId, taskId] = [newId(), newId()]
  const agent = input.agent ?? BY_HAND
  const now = ctx.now()
  const repositoryId = await withTransaction(ctx, async (tx) => {
    const { repositoryId, worktreeId } = await recordRepository(tx, repository)
    await tx.db.insert(contracts).values({
      id: contractId,
      ownerId: ctx.actor.ownerId,
      name: input.name,
      renamed: true,
      goal: input.goal || null,
      repositoryId,
      supervisorTaskId: taskId,
      agents: input.agent ? [input.agent] : [],
      taskCount: 1,
      maxParallel: input.maxParallel,
      maxTurns: input.maxTurns,
      maxCostUsd: input.maxCostUsd,
      lastActivityAt: now,
    })
    await tx.db.insert(tasks).values({
      ...newTask(ctx, repository, now),
      id: taskId,
      contractId,
      isSupervisor: true,
      name: input.name,
      plan: input.goal || null,
      agent,
      repositoryId,
      worktreeId,
    })
    await recordEvents(tx, [
      { ...about(contractId, null), repositoryId, eventType: 'contract.created', eventData: { name: input.name } },
      {
        ...about(contractId, taskId),
        repositoryId,
        agent,
        eventType: 'task.created',
        eventData: { name: input.name, isSupervisor: true, plan: input.goal || null },
      },
    ])
    return repositoryId
  })
  await openStore(storesFolder(ctx), repositoryId, repository)
  return { contractId, taskId }
}

/** A task beside the others of a contract: in `worktreePath`, or else where the supervisor works, by its agent. */
export async function addTask(ctx: Context, input: z.infer<typeof taskAddInput>): Promise<{ taskId: string }> {
  const [contract] = await ctx.db
    .select({
      id: contracts.id,
      supervisorTaskId: contracts.supervisorTaskId,
      path: repositories.path,
      agent: tasks.agent,
    })
    .from(contracts)
    .leftJoin(repositories, eq(repositories.id, contracts.repositoryId))
    .leftJoin(tasks, eq(tasks.id, contracts.supervisorTaskId))
    .where(and(eq(contracts.id, input.contractId), eq(contracts.ownerId, ctx.actor.ownerId)))
  if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
  const path = input.worktreePath ?? contract.path
  if (!path) {
    throw new AppError('precondition_failed', 'This contract has no repository. Give the worktreePath of the task.')
  }
  const agent = input.agent ?? contract.agent ?? BY_HAND
  const repository = requireWorktree(await openRepository(path))
  const taskId = newId()
  const now = ctx.now()
  await withTransaction(ctx, async (tx) => {
    const { repositoryId, worktreeId } = await recordRepository(tx, repository)
    await tx.db.insert(tasks).values({
      ...newTask(ctx, repository, now),
      id: taskId,
      contractId: contract.id,
      parentTaskId: contract.supervisorTaskId,
      name: input.name,
      plan: input.plan || null,
      agent,
      repositoryId,
      worktreeId,
    })
    await tx.db
      .update(contracts)
      .set({ taskCount: sql`${contracts.taskCount} + 1`, lastActivityAt: now })
      .where(eq(contracts.id, contract.id))
    await recordEvents(tx, [
      {
        ...about(contract.id, taskId),
        repositoryId,
        agent,
        eventType: 'task.created',
        eventData: { name: input.name, parentTaskId: contract.supervisorTaskId, plan: input.plan || null },
      },
    ])
  })
  return { taskId }
}

function newTask(ctx: Context, repository: WorktreeRepository, now: Date) {
  return {
    ownerId: ctx.actor.ownerId,
    cwd: repository.path,
    branch: repository.head.branch,
    status: 'pending',
    startedAt: now,
    lastActivityAt: now,
  }
}

function about(contractId: string, taskId: string | null): Pick<NewEvent, 'contractId' | 'taskId' | 'phase'> {
  return { contractId, taskId, phase: 'execute' }
}
