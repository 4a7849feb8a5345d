// Drafts a branch in the person's repository at a checkpoint. Nothing is checked out.
import type { Context } from '@/server/context'
import { checkBranchName } from '@/server/git/branch'
import { type Draft, emptyView, hashPlan, quoteName, type Subject } from './operation-draft'
import type { OperationInput } from './operation-inputs'
import { findRepositoryPlace, openAnyPlace } from './operation-places'
import { type CheckpointRow, getCheckpointRow, requireObjects } from './operation-subjects'

type Input = OperationInput['branch']

function subjectOf(checkpoint: CheckpointRow, input: Input): Subject {
  return {
    summary: `branch ${quoteName(input.branchName)} at checkpoint ${checkpoint.number}`,
    contractId: checkpoint.contractId,
    taskId: checkpoint.taskId,
    repositoryId: checkpoint.repositoryId,
    worktreeId: null,
  }
}

export async function describeBranch(ctx: Context, input: Input): Promise<Subject> {
  return subjectOf(await getCheckpointRow(ctx, input.checkpointId), input)
}

export async function draftBranch(ctx: Context, input: Input): Promise<Draft> {
  const checkpoint = await getCheckpointRow(ctx, input.checkpointId)
  const place = await findRepositoryPlace(ctx, checkpoint.repositoryId, checkpoint.worktreeId)
  const open = await openAnyPlace(ctx, place)
  await requireObjects(open.store, checkpoint)
  await checkBranchName(open.repository, input.branchName)
  const { branchName } = input
  return {
    ...subjectOf(checkpoint, input),
    kind: 'branch',
    place,
    effects: [{ type: 'create_branch', name: branchName, sha: checkpoint.commitSha }],
    snapshot: false,
    talk: null,
    knownTree: null,
    details: { kind: 'branch', checkpointId: checkpoint.id, branchName, sha: checkpoint.commitSha },
    view: {
      ...emptyView('branch'),
      planHash: hashPlan(['branch', branchName, checkpoint.commitSha]),
      sentence: `The branch ${quoteName(branchName)} will stand at checkpoint ${checkpoint.number} (${checkpoint.commitSha.slice(0, 8)}) in ${place.path}. It is not checked out; no file changes.`,
      button: `Create branch ${branchName}`,
    },
  }
}
