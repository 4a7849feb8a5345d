// Owns asking for an operation: what would happen (preview), and putting it in the queue (request). Doing it is the worker's.
import { eq, sql } from 'drizzle-orm'
import type { z } from 'zod'
import { newId } from '@/db/ids'
import { operations, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { findAgentsAtWork, requireNoAgent } from './agents-at-work'
import { recordEvents } from './history'
import type { Draft, Subject } from './operation-draft'
import { draftFork } from './operation-fork'
import {
  branchInput,
  checkpointInput,
  conversationRewindInput,
  forkInput,
  forkPreviewInput,
  type OperationInput,
  type OperationKind,
  parseInput,
  restoreInput,
  rewindInput,
  undoInput,
  writesFolder,
} from './operation-inputs'
import { KINDS } from './operation-kinds'
import { findActiveOperation, getOperation, OPERATIONS_CHANNEL, RESERVED } from './operation-log'
import { findDaemon } from './operation-subjects'
import type { OperationView, PlanView } from './views'

export { getOperation, listOperations, waitForOperation } from './operation-log'

/** What the screen, REST and the command line say when a plan no longer fits. */
export const STALE_PLAN = 'The files changed since the preview. Look at the new plan.'

export async function previewRewind(ctx: Context, input: z.input<typeof rewindInput>): Promise<PlanView> {
  return viewWithAgents(ctx, await KINDS.rewind.draft(ctx, parseInput(rewindInput, input)))
}

export async function previewConversationRewind(
  ctx: Context,
  input: z.input<typeof conversationRewindInput>,
): Promise<PlanView> {
  return viewWithAgents(ctx, await KINDS.conversation_rewind.draft(ctx, parseInput(conversationRewindInput, input)))
}

/** The name of the new task may still be open. */
export async function previewFork(ctx: Context, input: z.input<typeof forkPreviewInput>): Promise<PlanView> {
  return (await draftFork(ctx, parseInput(forkPreviewInput, input))).view
}

export async function previewBranch(ctx: Context, input: z.input<typeof branchInput>): Promise<PlanView> {
  return (await KINDS.branch.draft(ctx, parseInput(branchInput, input))).view
}

export async function previewUndo(ctx: Context, input: z.input<typeof undoInput>): Promise<PlanView> {
  return viewWithAgents(ctx, await KINDS.undo.draft(ctx, parseInput(undoInput, input)))
}

export async function previewRestore(ctx: Context, input: z.input<typeof restoreInput>): Promise<PlanView> {
  return viewWithAgents(ctx, await KINDS.restore.draft(ctx, parseInput(restoreInput, input)))
}

async function viewWithAgents(ctx: Context, draft: Draft): Promise<PlanView> {
  const folders = [draft.worktreeId ?? [], draft.childWorktreeIds ?? []].flat()
  return { ...draft.view, agents: await findAgentsAtWork(ctx, folders) }
}

/** Queues a rewind of files. Does not wait: see `waitForOperation`. */
export function requestRewind(ctx: Context, input: z.input<typeof rewindInput>): Promise<OperationView> {
  return request(ctx, 'rewind', parseInput(rewindInput, input))
}

export function requestConversationRewind(
  ctx: Context,
  input: z.input<typeof conversationRewindInput>,
): Promise<OperationView> {
  return request(ctx, 'conversation_rewind', parseInput(conversationRewindInput, input))
}

export function requestFork(ctx: Context, input: z.input<typeof forkInput>): Promise<OperationView> {
  return request(ctx, 'fork', parseInput(forkInput, input))
}

export function requestBranch(ctx: Context, input: z.input<typeof branchInput>): Promise<OperationView> {
  return request(ctx, 'branch', parseInput(branchInput, input))
}

export function requestUndo(ctx: Context, input: z.input<typeof undoInput>): Promise<OperationView> {
  return request(ctx, 'undo', parseInput(undoInput, input))
}

export function requestRestore(ctx: Context, input: z.input<typeof restoreInput>): Promise<OperationView> {
  return request(ctx, 'restore', parseInput(restoreInput, input))
}

/** Queues a checkpoint of the worktree as it is now; `result.checkpointId` names it when done. */
export function requestCheckpoint(ctx: Context, input: z.input<typeof checkpointInput>): Promise<OperationView> {
  return request(ctx, 'checkpoint', parseInput(checkpointInput, input))
}

/**
 * One transaction: the row, the event, the job, the hint. With a plan hash the worker alone compares; without one the plan is
 * made here and bound to the request, so that what is impossible is refused at once and what moves meanwhile is noticed.
 * @throws AppError `conflict` when another operation waits or runs on the worktree, or an agent works there.
 */
async function request<K extends OperationKind>(
  ctx: Context,
  kind: K,
  input: OperationInput[K],
): Promise<OperationView> {
  const shown = 'planHash' in input ? (input.planHash ?? null) : null
  const draft = shown === null ? await KINDS[kind].draft(ctx, input) : null
  const subject = draft ?? (await KINDS[kind].describe(ctx, input))
  const id = newId()
  await withTransaction(ctx, async (tx) => {
    const reserved = subject.childWorktreeIds ?? []
    // Always in the same order, or two requests could wait for each other.
    for (const each of [subject.worktreeId ?? [], ...reserved].flat().toSorted()) await reserve(tx, each, kind)
    const daemonId = await findDaemon(tx, subject.worktreeId)
    await tx.db.insert(operations).values({
      id,
      ownerId: ctx.actor.ownerId,
      kind,
      contractId: subject.contractId,
      taskId: subject.taskId,
      repositoryId: subject.repositoryId,
      worktreeId: subject.worktreeId,
      daemonId,
      askedBy: `${ctx.actor.name} (${ctx.actor.via})`,
      summary: subject.summary.replace(/^./, (c) => c.toUpperCase()),
      input: { ...input, planHash: undefined, ...(reserved.length > 0 ? { [RESERVED]: reserved } : {}) },
      planHash: shown ?? draft?.view.planHash,
      createdAt: ctx.now(),
    })
    await recordRequest(tx, kind, id, subject, draft)
    await enqueueOperation(tx, { id, daemonId, queue: queueOf(subject) })
  })
  return getOperation(ctx, { id })
}

/**
 * Of two requests at once the second sees the first. A lock of its own and not the row's: an import may hold that for long.
 */
async function reserve(tx: Context, worktreeId: string, kind: OperationKind): Promise<void> {
  await tx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`worktree:${worktreeId}`}, 0))`)
  const active = await findActiveOperation(tx, worktreeId)
  if (active) {
    throw new AppError(
      'conflict',
      `Another operation is ${active.state === 'queued' ? 'waiting' : 'running'} in this folder: ${active.summary}. Wait until it is done and try again.`,
    )
  }
  if (writesFolder(kind)) await requireNoAgent(tx, worktreeId)
}

async function recordRequest(
  tx: Context,
  kind: OperationKind,
  id: string,
  subject: Subject,
  draft: Draft | null,
): Promise<void> {
  if (kind !== 'rewind' && kind !== 'conversation_rewind') return
  const { contractId, taskId, repositoryId } = subject
  const details = draft?.details.kind === 'rewind' ? draft.details : null
  const [task] = taskId
    ? await tx.db.select({ agent: tasks.agent, phase: tasks.phase }).from(tasks).where(eq(tasks.id, taskId))
    : []
  await recordEvents(tx, [
    {
      eventType: 'rewind.requested',
      eventSubtype: kind === 'rewind' ? 'code' : 'conversation',
      contractId,
      taskId,
      repositoryId,
      agent: task?.agent,
      eventData: {
        operationId: id,
        summary: subject.summary,
        checkpointId: details?.checkpointId ?? null,
        checkpointNumber: details?.checkpointNumber ?? null,
      },
    },
  ])
}

/** Operations of one queue run one after another; of different ones side by side. */
function queueOf(subject: Subject): string {
  if (subject.worktreeId) return `worktree:${subject.worktreeId}`
  return subject.repositoryId ? `repository:${subject.repositoryId}` : `task:${subject.taskId}`
}

/** The job is only the alarm clock; adding it twice is one job. */
export async function enqueueOperation(
  ctx: Context,
  operation: { id: string; daemonId: string | null; queue: string },
): Promise<void> {
  const identifier = operationTask(operation.daemonId)
  const payload = JSON.stringify({ operationId: operation.id })
  await ctx.db.execute(sql`
    select graphile_worker.add_job(${identifier}, payload => ${payload}::text::json,
      queue_name => ${operation.queue}, job_key => ${operation.id}, max_attempts => 10)`)
  await ctx.db.execute(sql`select pg_notify(${OPERATIONS_CHANNEL}, ${operation.id})`)
}

/** Name of the task that a daemon's worker serves; without a daemon any of them. */
export function operationTask(daemonId: string | null): string {
  return daemonId ? `operation:${daemonId}` : 'operation'
}
