// Drafts a fork: a new task with a worktree of its own at a moment of another task. The origin is not touched, no message is copied.
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { taskCheckpoints } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { checkBranchName } from '@/server/git/branch'
import type { Repository } from '@/server/git/types'
import { fromMessageId, toMessageId } from './message-id'
import { slugOf } from './operation-code'
import { isKeptTime } from './inputs'
import {
  type Draft,
  emptyView,
  type Effect,
  type Head,
  hashPlan,
  type Place,
  quoteName,
  type Subject,
} from './operation-draft'
import type { OperationInput } from './operation-inputs'
import { findCheckpointAtMessage, findCheckpointPosition } from './operation-moments'
import { findRepositoryPlace, openAnyPlace } from './operation-places'
import {
  type CheckpointRow,
  findCheckpointAt,
  getCheckpointBySha,
  getCheckpointRow,
  getTaskWithPlace,
  requireObjects,
  type TaskRow,
  worktreesFolder,
} from './operation-subjects'
import { headAt, indexAtTime, indexOnPath, type Path, readHeadPath, timeOfMessage } from './operation-talk'

type Input = Omit<OperationInput['fork'], 'newTaskName'> & { newTaskName?: string | null }

function subjectOf(task: TaskRow, input: Input): Subject {
  return {
    summary: `fork ${quoteName(task.name)}${input.newTaskName ? ` as ${quoteName(input.newTaskName)}` : ''}`,
    contractId: task.contractId,
    taskId: task.id,
    repositoryId: task.repositoryId,
    worktreeId: null,
  }
}

export async function describeFork(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf((await getTaskWithPlace(ctx, input.taskId)).task, input)
}

/** A moment of a task: its place in the talk, and the checkpoint that holds its code. */
type Moment = { checkpoint: CheckpointRow | null; position: Head | null; count: number; at: Date | null }

export async function draftFork(ctx: Context, input: Input): Promise<Draft> {
  const { task } = await getTaskWithPlace(ctx, input.taskId)
  const moment = await findMoment(ctx, task, input)
  const name = input.newTaskName ?? `Fork of ${task.name}`
  const newTaskId = newId()
  const code = moment.checkpoint ? await draftWorktree(ctx, moment.checkpoint, task, input, name, newTaskId) : null
  if (!code && (input.createBranch || input.branchName)) {
    throw new AppError(
      'precondition_failed',
      'There is no checkpoint at or before that moment, so its files are not known and no branch can be made. Fork without a branch, or choose a later moment.',
    )
  }
  const includeConversation = input.includeConversation !== false
  const count = includeConversation ? moment.count : 0
  if (!code && count === 0) {
    throw new AppError(
      'precondition_failed',
      'At that moment there is neither a checkpoint nor a message to fork from. Choose a later one.',
    )
  }
  return {
    ...subjectOf(task, input),
    kind: 'fork',
    place: code?.place ?? null,
    effects: code ? [code.effect] : [],
    snapshot: false,
    talk: null,
    knownTree: null,
    details: {
      kind: 'fork',
      newTaskId,
      name,
      plan: input.newTaskPlan ?? null,
      parentTaskId: await requireParent(ctx, task, input.parentTaskId ?? null),
      forkType: input.forkFromType,
      checkpointId: moment.checkpoint?.id ?? null,
      messageId: moment.position?.segmentId ? toMessageId(moment.position.segmentId, moment.position.seq) : null,
      timestamp: moment.at?.toISOString() ?? null,
      position: includeConversation ? moment.position : null,
      messageCount: count,
      includeConversation,
    },
    view: {
      ...emptyView('fork'),
      planHash: hashPlan([
        'fork',
        task.id,
        moment.checkpoint?.commitSha ?? null,
        moment.position,
        count,
        input.branchName ?? null,
      ]),
      sentence: sentenceOf(name, moment, count, code?.branch ?? null),
      button: 'Fork',
      preserved: code?.branch ? { stateType: 'branch', reference: code.branch } : null,
    },
  }
}

async function requireParent(ctx: Context, origin: TaskRow, parentTaskId: string | null): Promise<string | null> {
  if (parentTaskId === null || parentTaskId === origin.id) return parentTaskId
  const { task } = await getTaskWithPlace(ctx, parentTaskId)
  if (task.contractId === origin.contractId) return parentTaskId
  throw new AppError('invalid', 'parentTaskId names a task of another contract. Name one of the same.')
}

function sentenceOf(name: string, moment: Moment, count: number, branch: string | null): string {
  const { checkpoint } = moment
  const files = checkpoint
    ? `starts from the files of checkpoint ${checkpoint.number} (${checkpoint.commitSha.slice(0, 8)}) in a folder of its own${branch ? `, on the new branch ${quoteName(branch)}` : ', on no branch'}`
    : 'has no files, because no checkpoint lies at or before that moment'
  const talk =
    count > 0
      ? `and goes on after ${count === 1 ? '1 message' : `${count.toLocaleString('en')} messages`}`
      : 'and begins without a conversation'
  return `The new task ${quoteName(name)} ${files}, ${talk}. Files, branch and conversation of the origin do not change.`
}

async function draftWorktree(
  ctx: Context,
  checkpoint: CheckpointRow,
  task: TaskRow,
  input: Input,
  name: string,
  newTaskId: string,
): Promise<{ place: Place; effect: Effect; branch: string | null }> {
  const place = await findRepositoryPlace(ctx, checkpoint.repositoryId, task.worktreeId)
  const open = await openAnyPlace(ctx, place)
  await requireObjects(open.store, checkpoint)
  const branch = input.createBranch === false ? null : await chooseBranch(open.repository, input.branchName, name)
  const folder = join(worktreesFolder(ctx), `${slugOf(name)}-${newTaskId.slice(-8)}`)
  return {
    place,
    branch,
    effect: { type: 'create_fork', folder, branch, sha: checkpoint.commitSha, taskId: newTaskId, filesSha: null },
  }
}

/** A name that was asked for must be free; one of our own making counts up until it is. */
async function chooseBranch(repository: Repository, asked: string | null | undefined, name: string): Promise<string> {
  if (asked) {
    await checkBranchName(repository, asked)
    return asked
  }
  const base = `makima/${slugOf(name)}`
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? base : `${base}-${n}`
    try {
      await checkBranchName(repository, candidate)
      return candidate
    } catch (error) {
      if (!isAppError(error) || error.code !== 'conflict' || n >= 1_000) throw error
    }
  }
}

async function findMoment(ctx: Context, task: TaskRow, input: Input): Promise<Moment> {
  const head = { segmentId: task.headSegmentId, seq: task.headSeq }
  const value = input.forkFromValue
  if (input.forkFromType === 'checkpoint')
    return momentOfCheckpoint(ctx, task, head, await findCheckpoint(ctx, task, value))
  if (input.forkFromType === 'message_id') return momentOfMessage(ctx, task, head, value)
  const at = new Date(value)
  if (!isKeptTime(at)) {
    throw new AppError(
      'invalid',
      `"${value.slice(0, 40)}" is not a time of the years 1 to 9999. Write it like 2026-01-31T12:00:00Z.`,
    )
  }
  const path = await readHeadPath(ctx, head)
  const index = await indexAtTime(ctx, path, at)
  return { ...atIndex(path, index), checkpoint: await findCheckpointAt(ctx, task.id, at), at }
}

function atIndex(path: Path, index: number): Pick<Moment, 'position' | 'count'> {
  return index < 0 ? { position: null, count: 0 } : { position: headAt(path, index), count: index + 1 }
}

async function momentOfCheckpoint(ctx: Context, task: TaskRow, head: Head, checkpoint: CheckpointRow): Promise<Moment> {
  const known = await findCheckpointPosition(ctx, checkpoint)
  if (known) {
    // Its place may lie in talk that was rewound away since; that talk is still there.
    const path = await readHeadPath(ctx, known)
    return { checkpoint, position: known, count: path.total, at: checkpoint.createdAt }
  }
  const path = await readHeadPath(ctx, head)
  const index = await indexAtTime(ctx, path, checkpoint.createdAt)
  return { ...atIndex(path, index), checkpoint, at: checkpoint.createdAt }
}

async function momentOfMessage(ctx: Context, task: TaskRow, head: Head, messageId: string): Promise<Moment> {
  const asked = fromMessageId(messageId)
  let path = await readHeadPath(ctx, head)
  let index = indexOnPath(path, asked)
  if (index === null) {
    // A message that was rewound away can be forked from too, as long as it is of this task.
    const [segment] = await ctx.db
      .select({ length: segments.length })
      .from(segments)
      .where(and(eq(segments.id, asked.segmentId), eq(segments.taskId, task.id)))
    if (!segment || asked.seq > segment.length) {
      throw new AppError('not_found', 'This task has no message with this id. Choose one of its own.')
    }
    path = await readHeadPath(ctx, asked)
    index = path.total - 1
  }
  return {
    ...atIndex(path, index),
    checkpoint: await findCheckpointAtMessage(ctx, task.id, path, index),
    at: await timeOfMessage(ctx, path, index),
  }
}

/** By id, by commit, or by number in the task. */
async function findCheckpoint(ctx: Context, task: TaskRow, value: string): Promise<CheckpointRow> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(value)) {
    const checkpoint = await getCheckpointRow(ctx, value.toLowerCase())
    if (checkpoint.taskId === task.id) return checkpoint
    throw new AppError('invalid', 'This checkpoint belongs to another task. Fork that task instead.')
  }
  if (/^\d{1,6}$/.test(value)) {
    const [row] = await ctx.db
      .select()
      .from(taskCheckpoints)
      .where(and(eq(taskCheckpoints.taskId, task.id), eq(taskCheckpoints.number, Number(value))))
    if (row) return row
  }
  if (/^[0-9a-f]{7,64}$/i.test(value)) return getCheckpointBySha(ctx, task.id, value)
  throw new AppError('not_found', `This task has no checkpoint "${value.slice(0, 60)}". Give its id, commit or number.`)
}
