// Asks for an agent to go on: one row, one event, one job. The worker starts it; see worker/runs.
import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { newId } from '@/db/ids'
import { runs } from '@/db/run-tables'
import { contracts, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { requireNoAgent } from '@/server/services/agents-at-work'
import { recordEvents } from '@/server/services/history'
import { settle } from '@/server/services/operation-answers'
import { findDaemon, getTaskWithPlace, requireDaemon, type TaskWithPlace } from '@/server/services/operation-subjects'
import { requestRewind } from '@/server/services/operations'
import { type Agent, AGENTS, asAgent } from '@/server/transcripts/agents'
import { createContinuation } from './continuation'
import { findResumePoint, type ResumePoint } from './resume-point'
import { resumeContractInput, resumeTaskInput, type ResumeTaskInput } from './run-inputs'
import { getRun } from './run-log'
import { enqueueRun } from './run-queue'
import { OPEN_STATES, type RunView } from './run-views'
import { requireFolder } from './work-folder'

/** What a run is started with, kept in its row. */
export type RunSettings = {
  model: string | null
  permissions: 'ask' | 'allow'
  maxTurns: number | null
  maxCostUsd: number | null
  /** Told instead of the conversation. */
  brief?: string | null
}

/**
 * Lets a task go on. From an earlier message, or in another agent, it goes on in a task of its own and the task itself
 * stays as it is. Does not wait for the agent: see `waitForRun`.
 * @throws AppError `precondition_failed` (folder gone, no agent), `conflict` (an agent or an operation is at work there).
 */
export async function requestResume(ctx: Context, input: z.input<typeof resumeTaskInput>): Promise<RunView> {
  const asked = resumeTaskInput.parse(input)
  const owner = await getTaskWithPlace(ctx, asked.taskId)
  requireOwnSession(owner)
  const agent = chooseAgent(owner, asked)
  await requireFolder(owner)
  const point = await findResumePoint(ctx, owner.task, asked)
  if (asked.checkpointId && owner.worktree) {
    await settle(
      ctx,
      requestRewind(ctx, { taskId: owner.task.id, checkpointId: asked.checkpointId, preserveMode: asked.preserveMode }),
    )
  }
  const isTold = Boolean(asked.brief) || agent !== owner.task.agent
  const apart = Boolean(asked.atMessageId) || (isTold && owner.task.messageCount > 0)
  const id = await withTransaction(ctx, async (tx) => {
    const task = apart ? await createContinuation(tx, owner.task, agent, point.head, Boolean(asked.brief)) : owner.task
    return insertRun(tx, task, agent, asked, point)
  })
  return getRun(ctx, { id })
}

/** The supervisor of a contract and, if wanted, every task of it that was interrupted, each from where it stood. */
export async function requestContractResume(
  ctx: Context,
  input: z.input<typeof resumeContractInput>,
): Promise<RunView[]> {
  const { contractId, includeTasks, ...asked } = resumeContractInput.parse(input)
  const [contract] = await ctx.db
    .select({ supervisorTaskId: contracts.supervisorTaskId })
    .from(contracts)
    .where(and(eq(contracts.id, contractId), eq(contracts.ownerId, ctx.actor.ownerId)))
  if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
  if (!contract.supervisorTaskId) {
    throw new AppError('precondition_failed', 'This contract has no supervisor yet. Resume one of its tasks instead.')
  }
  const first = await requestResume(ctx, { ...asked, taskId: contract.supervisorTaskId })
  const others = includeTasks ? await listResumable(ctx, contractId, contract.supervisorTaskId) : []
  const started = [first]
  for (const task of others) {
    const { targetDaemonId, permissions, maxTurns, maxCostUsd, print } = asked
    started.push(
      await requestResume(ctx, { taskId: task.id, targetDaemonId, permissions, maxTurns, maxCostUsd, print }),
    )
  }
  return started
}

/** Interrupted tasks of a contract with a session of their own; subagents live in their parent's. */
export function listResumable(ctx: Context, contractId: string, except: string) {
  return ctx.db
    .select({ id: tasks.id, name: tasks.name, agent: tasks.agent })
    .from(tasks)
    .where(
      and(
        eq(tasks.ownerId, ctx.actor.ownerId),
        eq(tasks.contractId, contractId),
        eq(tasks.status, 'interrupted'),
        eq(tasks.nativeThread, ''),
        sql`${tasks.id} <> ${except}`,
        inArray(tasks.agent, [...AGENTS]),
        isNull(tasks.completedAt),
      ),
    )
    .limit(200)
}

function requireOwnSession({ task }: TaskWithPlace): void {
  if (task.nativeThread === '') return
  throw new AppError(
    'precondition_failed',
    'A subagent lives inside the session of the task that started it and cannot go on by itself. Resume that task.',
  )
}

export function chooseAgent({ task }: TaskWithPlace, asked: ResumeTaskInput): Agent {
  const agent = asked.agent ?? asAgent(task.agent)
  if (agent) return agent
  throw new AppError('invalid', `No agent is known for this task. Name one: ${AGENTS.join(', ')}.`)
}

type RunTask = Pick<typeof tasks.$inferSelect, 'id' | 'contractId' | 'worktreeId' | 'repositoryId' | 'name' | 'phase'>

async function insertRun(
  tx: Context,
  task: RunTask,
  agent: Agent,
  asked: ResumeTaskInput,
  point: ResumePoint,
): Promise<string> {
  const key = `worktree:${task.worktreeId ?? task.id}`
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
  const limits = await readLimits(tx, task.contractId)
  if (!asked.print) {
    await requireFree(tx, task)
    requireMoney(limits)
  }
  const id = newId()
  const { targetDaemonId } = asked
  const daemonId = targetDaemonId ? await requireDaemon(tx, targetDaemonId) : await findDaemon(tx, task.worktreeId)
  const settings: RunSettings = {
    model: asked.model ?? null,
    permissions: asked.permissions,
    maxTurns: asked.maxTurns ?? limits.maxTurns,
    maxCostUsd: asked.maxCostUsd ?? null,
    ...(asked.brief && { brief: asked.brief }),
  }
  await tx.db.insert(runs).values({
    id,
    ownerId: tx.actor.ownerId,
    contractId: task.contractId,
    taskId: task.id,
    worktreeId: task.worktreeId,
    daemonId,
    agent,
    way: asked.print ? 'print' : 'here',
    mode: asked.resumeMode,
    askedBy: `${tx.actor.name} (${tx.actor.via})`,
    prompt: asked.additionalContext?.trim() || point.prompt,
    segmentId: asked.brief ? null : point.head.segmentId,
    seq: asked.brief ? 0 : point.head.seq,
    settings,
    createdAt: tx.now(),
  })
  await recordEvents(tx, [
    {
      eventType: 'task.resumed',
      eventSubtype: asked.print ? 'print' : 'here',
      contractId: task.contractId,
      taskId: task.id,
      repositoryId: task.repositoryId,
      agent,
      eventData: { runId: id, name: task.name, mode: asked.resumeMode, agent },
    },
  ])
  await enqueueRun(tx, { id, daemonId })
  return id
}

async function requireFree(tx: Context, task: RunTask): Promise<void> {
  const [open] = await tx.db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.taskId, task.id), inArray(runs.state, [...OPEN_STATES])))
  if (open) throw new AppError('conflict', 'An agent is at work on this task already. Wait for it, or stop it first.')
  if (task.worktreeId) await requireNoAgent(tx, task.worktreeId)
}

type Limits = { costUsd: number; maxTurns: number | null; maxCostUsd: number | null }

async function readLimits(tx: Context, contractId: string): Promise<Limits> {
  const { costUsd, maxTurns, maxCostUsd } = contracts
  const [row] = await tx.db
    .select({ costUsd, maxTurns, maxCostUsd })
    .from(contracts)
    .where(eq(contracts.id, contractId))
  return row ?? { costUsd: 0, maxTurns: null, maxCostUsd: null }
}

function requireMoney({ costUsd, maxCostUsd }: Limits): void {
  if (maxCostUsd === null || costUsd < maxCostUsd) return
  throw new AppError(
    'precondition_failed',
    `This contract has cost $${costUsd.toFixed(2)} of the $${maxCostUsd.toFixed(2)} that it may. Raise its limit to go on.`,
  )
}
