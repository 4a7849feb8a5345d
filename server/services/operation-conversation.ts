// Drafts the rewind of a conversation: its head goes back to an earlier message, with or without the files of that moment.
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { addChildren, draftChildren, tellButton } from './operation-children'
import { planPreserve, planToCheckpoint } from './operation-code'
import { listChildWorktreeIds } from './operation-descendants'
import {
  countChanges,
  countWords,
  type Draft,
  emptyView,
  type Effect,
  hashPlan,
  quoteName,
  type Place,
  type Subject,
  viewFiles,
} from './operation-draft'
import type { OperationInput } from './operation-inputs'
import { findCheckpointAtMessage } from './operation-moments'
import { type CheckpointRow, getTaskWithPlace, openPlace, requirePlace, type TaskWithPlace } from './operation-subjects'
import {
  headAt,
  indexAtTime,
  indexOfMessage,
  messagesAfter,
  type Path,
  readHeadPath,
  sideEffectsAfter,
  momentAfter,
} from './operation-talk'
import type { PlanView } from './views'

type Input = OperationInput['conversation_rewind']

async function subjectOf(ctx: Context, owner: TaskWithPlace, input: Input): Promise<Subject> {
  const worktreeId = input.rewindCode ? requirePlace(owner).worktreeId : null
  const withChildren = input.includeChildren && input.rewindCode
  return {
    summary: `rewind the conversation of ${quoteName(owner.task.name)}${input.rewindCode ? ' with its files' : ''}${input.includeChildren ? `${input.rewindCode ? ' and' : ' with'} its child tasks` : ''}`,
    contractId: owner.task.contractId,
    taskId: owner.task.id,
    repositoryId: owner.task.repositoryId,
    // A move of the head alone waits for nobody's files.
    worktreeId,
    childWorktreeIds: withChildren ? await listChildWorktreeIds(ctx, owner.task.id, worktreeId) : [],
  }
}

export async function describeConversationRewind(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(ctx, await getTaskWithPlace(ctx, input.taskId), input)
}

export async function draftConversationRewind(ctx: Context, input: Input): Promise<Draft> {
  const owner = await getTaskWithPlace(ctx, input.taskId)
  const subject = await subjectOf(ctx, owner, input)
  const from = { segmentId: owner.task.headSegmentId, seq: owner.task.headSeq }
  const path = await readHeadPath(ctx, from)
  if (path.total === 0)
    throw new AppError('precondition_failed', 'Nothing was said in this task yet, so there is nothing to go back to.')
  const index = await findTarget(ctx, path, input)
  const messages = await messagesAfter(ctx, path, index)
  const count = messages?.count ?? 0
  const at = input.toTimestamp ? new Date(input.toTimestamp) : await momentAfter(ctx, path, index)
  const code = input.rewindCode ? await draftCode(ctx, owner, path, index, input, subject.summary) : null
  const files = countChanges(code?.plan ?? null)
  const to = headAt(path, index)
  const children = await draftChildren(ctx, {
    taskId: owner.task.id,
    at,
    worktreeId: owner.task.worktreeId,
    daemonId: owner.worktree?.daemonId ?? null,
    include: input.includeChildren === true,
    code: input.rewindCode === true,
    talk: true,
    preserve: { mode: input.preserveMode, branchName: null },
    includeEdited: input.includeEdited,
    summary: subject.summary,
  })
  return {
    ...subject,
    kind: 'conversation_rewind',
    place: code?.place ?? null,
    effects: code?.effects ?? [],
    snapshot: code !== null,
    talk: count > 0 ? { taskId: owner.task.id, from, to, count } : null,
    knownTree: code?.knownTree ?? null,
    details: {
      kind: 'rewind',
      checkpointId: code?.checkpoint.id ?? null,
      checkpointNumber: code?.checkpoint.number ?? null,
      sha: code?.checkpoint.commitSha ?? null,
      message: code?.checkpoint.message ?? null,
      aside: children.aside,
    },
    children: children.parts,
    view: {
      ...emptyView('conversation_rewind'),
      ...viewFiles(code?.plan ?? null),
      planHash: hashPlan([
        'conversation_rewind',
        from,
        to,
        code ? [code.checkpoint.id, code.plan?.planHash ?? null] : null,
        children.hash,
      ]),
      sentence: `${sentenceOf(index, count, path.total, code)}${addChildren(children)}`,
      button: tellButton(files, count, children),
      messages,
      children: children.views,
      sideEffects: await sideEffectsAfter(ctx, path, index),
      preserved: code?.preserved ?? null,
    },
  }
}

/** Index of the last message that stays. */
async function findTarget(ctx: Context, path: Path, input: Input): Promise<number> {
  if (input.toMessageId) return indexOfMessage(path, input.toMessageId)
  if (input.toTimestamp) {
    const index = await indexAtTime(ctx, path, new Date(input.toTimestamp))
    if (index < 0) {
      throw new AppError('invalid', `The conversation began after ${input.toTimestamp}. Choose a later time.`)
    }
    return index
  }
  const count = input.byMessageCount ?? 0
  if (count > path.total) {
    throw new AppError('invalid', `The conversation has ${path.total} messages; it cannot go back by ${count}.`)
  }
  return path.total - count - 1
}

type CodePart = {
  place: Place
  checkpoint: CheckpointRow
  plan: Awaited<ReturnType<typeof planToCheckpoint>>['plan']
  knownTree: string
  effects: Effect[]
  preserved: PlanView['preserved']
}

async function draftCode(
  ctx: Context,
  owner: TaskWithPlace,
  path: Path,
  index: number,
  input: Input,
  summary: string,
): Promise<CodePart> {
  const place = requirePlace(owner)
  const checkpoint = await findCheckpointAtMessage(ctx, owner.task.id, path, index)
  if (!checkpoint) {
    throw new AppError(
      'precondition_failed',
      'There is no checkpoint at or before that message, so the files of that moment are not known. Rewind only the conversation, or choose a later message.',
    )
  }
  const open = await openPlace(ctx, place)
  const { plan, knownTree } = await planToCheckpoint(ctx, open, owner.task, checkpoint, input.includeEdited)
  const choice = { mode: input.preserveMode, branchName: input.branchName ?? null }
  const preserve = await planPreserve(open, choice, owner.task.name, summary)
  const effects: Effect[] = plan ? [...preserve.effects, { type: 'files', plan }] : preserve.effects
  return { place, checkpoint, plan, knownTree, effects, preserved: preserve.view }
}

function sentenceOf(index: number, count: number, total: number, code: CodePart | null): string {
  const talk =
    count === 0
      ? 'The conversation already ends at that message'
      : `The last ${countWords(0, count)} of ${total.toLocaleString('en')} leave the conversation; they are kept and undo brings them back`
  if (!code) return `${talk}. No file is touched.`
  const files = countChanges(code.plan)
  const kept = code.plan?.counts.keep ?? 0
  const target = `checkpoint ${code.checkpoint.number} (${code.checkpoint.commitSha.slice(0, 8)})`
  const stay = kept > 0 ? `; ${countWords(kept, 0)} ${kept === 1 ? 'stays as it is' : 'stay as they are'}` : ''
  const moment = index < 0 ? 'before it' : 'at or before that message'
  return files === 0
    ? `${talk}. No file changes to reach ${target}, the last ${moment}${stay}.`
    : `${talk}. ${countWords(files, 0)} will be as at ${target}, the last ${moment}${stay}. The state before goes to the recover shelf.`
}
