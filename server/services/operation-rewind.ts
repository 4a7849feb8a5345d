// Drafts the rewind of a task's files to one of its checkpoints.
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
  hashPlan,
  quoteName,
  type Subject,
  viewFiles,
} from './operation-draft'
import type { OperationInput } from './operation-inputs'
import { findKnownTree } from './operation-known-tree'
import {
  type CheckpointRow,
  getCheckpointBySha,
  getCheckpointRow,
  getTaskWithPlace,
  openPlace,
  requirePlace,
  type TaskWithPlace,
} from './operation-subjects'
import { indexOnPath, readHeadPath, sideEffectsAfter } from './operation-talk'
import { findCheckpointPosition } from './operation-moments'

type Input = OperationInput['rewind']

async function load(ctx: Context, input: Input): Promise<{ owner: TaskWithPlace; checkpoint: CheckpointRow }> {
  const owner = await getTaskWithPlace(ctx, input.taskId)
  const checkpoint = input.checkpointId
    ? await getCheckpointRow(ctx, input.checkpointId)
    : await getCheckpointBySha(ctx, input.taskId, input.checkpointSha ?? '')
  if (checkpoint.repositoryId !== owner.task.repositoryId) {
    throw new AppError(
      'invalid',
      'This checkpoint belongs to another repository than the task. Choose one of the task.',
    )
  }
  return { owner, checkpoint }
}

async function subjectOf(
  ctx: Context,
  { owner, checkpoint }: Awaited<ReturnType<typeof load>>,
  input: Input,
): Promise<Subject> {
  const { worktreeId } = requirePlace(owner)
  return {
    summary: `rewind ${quoteName(owner.task.name)} to checkpoint ${checkpoint.number}${input.includeChildren ? ' with its child tasks' : ''}`,
    contractId: owner.task.contractId,
    taskId: owner.task.id,
    repositoryId: owner.task.repositoryId,
    worktreeId,
    childWorktreeIds: input.includeChildren ? await listChildWorktreeIds(ctx, owner.task.id, worktreeId) : [],
  }
}

export async function describeRewind(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(ctx, await load(ctx, input), input)
}

export async function draftRewind(ctx: Context, input: Input): Promise<Draft> {
  const loaded = await load(ctx, input)
  const { owner, checkpoint } = loaded
  const subject = await subjectOf(ctx, loaded, input)
  const place = requirePlace(owner)
  const open = await openPlace(ctx, place)
  const { plan, nothing, knownTree } = await planToCheckpoint(ctx, open, owner.task, checkpoint, input.includeEdited)
  const files = countChanges(plan)
  const choice = { mode: input.preserveMode, branchName: input.branchName ?? null }
  const preserve = await planPreserve(open, choice, owner.task.name, subject.summary)
  const children = await draftChildren(ctx, {
    taskId: owner.task.id,
    at: checkpoint.createdAt,
    worktreeId: place.worktreeId,
    daemonId: owner.worktree?.daemonId ?? null,
    include: input.includeChildren === true,
    code: true,
    talk: false,
    preserve: choice,
    includeEdited: input.includeEdited,
    summary: subject.summary,
  })
  const position = await findCheckpointPosition(ctx, checkpoint)
  const path = await readHeadPath(ctx, { segmentId: owner.task.headSegmentId, seq: owner.task.headSeq })
  const index = position ? indexOnPath(path, position) : null
  const kept = plan?.counts.keep ?? 0
  const target = `checkpoint ${checkpoint.number} (${checkpoint.commitSha.slice(0, 8)})`
  return {
    ...subject,
    kind: 'rewind',
    place,
    effects: plan ? [...preserve.effects, { type: 'files', plan }] : preserve.effects,
    snapshot: true,
    talk: null,
    knownTree: plan ? knownTree : (await findKnownTree(ctx, owner.task.id, place.worktreeId)).tree,
    details: {
      kind: 'rewind',
      checkpointId: checkpoint.id,
      checkpointNumber: checkpoint.number,
      sha: checkpoint.commitSha,
      message: checkpoint.message,
      aside: children.aside,
    },
    children: children.parts,
    view: {
      ...emptyView('rewind'),
      ...viewFiles(plan),
      planHash: hashPlan(['rewind', checkpoint.id, plan?.planHash ?? nothing, children.hash]),
      sentence: `${
        files === 0
          ? nothingSentence(nothing, kept, target)
          : `${countWords(files, 0)} in ${place.path} will be as at ${target}${kept > 0 ? `; ${countWords(kept, 0)} ${kept === 1 ? 'stays as it is' : 'stay as they are'}` : ''}. The state before goes to the recover shelf. HEAD, branches, index and stash do not move.`
      }${addChildren(children)}`,
      button: tellButton(files, 0, children),
      children: children.views,
      sideEffects: index === null ? [] : await sideEffectsAfter(ctx, path, index),
      preserved: preserve.view,
    },
  }
}

function nothingSentence(nothing: string | null, kept: number, target: string): string {
  if (kept === 0) return nothing ?? `The files are already as at ${target}.`
  return `Nothing would change: ${countWords(kept, 0)} that differ from ${target} were edited since by somebody else and are kept. Include edited files to take them back too.`
}
