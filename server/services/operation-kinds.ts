// The table of what can be done: for each kind its input, a cheap look at what it is about, and its draft.
import type { z } from 'zod'
import type { Context } from '@/server/context'
import { describeBranch, draftBranch } from './operation-branch'
import { describeCheckpoint, draftCheckpoint } from './operation-checkpoint'
import { describeConversationRewind, draftConversationRewind } from './operation-conversation'
import type { Draft, Subject } from './operation-draft'
import { describeFork, draftFork } from './operation-fork'
import {
  branchInput,
  checkpointInput,
  conversationRewindInput,
  forkInput,
  type OperationInput,
  type OperationKind,
  restoreInput,
  rewindInput,
  undoInput,
} from './operation-inputs'
import { describeRestore, draftRestore } from './operation-restore'
import { describeRewind, draftRewind } from './operation-rewind'
import { describeUndo, draftUndo } from './operation-undo'

type Kind<K extends OperationKind> = {
  input: z.ZodType<OperationInput[K]>
  /** Who and what it is about, from the database alone. */
  describe: (ctx: Context, input: OperationInput[K]) => Promise<Subject>
  /** Everything it would do, from what is there now. */
  draft: (ctx: Context, input: OperationInput[K]) => Promise<Draft>
}

export const KINDS: { [K in OperationKind]: Kind<K> } = {
  rewind: { input: rewindInput, describe: describeRewind, draft: draftRewind },
  conversation_rewind: {
    input: conversationRewindInput,
    describe: describeConversationRewind,
    draft: draftConversationRewind,
  },
  fork: { input: forkInput, describe: describeFork, draft: draftFork },
  branch: { input: branchInput, describe: describeBranch, draft: draftBranch },
  undo: { input: undoInput, describe: describeUndo, draft: draftUndo },
  restore: { input: restoreInput, describe: describeRestore, draft: draftRestore },
  checkpoint: { input: checkpointInput, describe: describeCheckpoint, draft: draftCheckpoint },
}

/** Drafts a stored request again, as the worker does before it acts. */
export function draftOperation(ctx: Context, kind: OperationKind, input: unknown): Promise<Draft> {
  const entry = KINDS[kind] as Kind<OperationKind>
  return entry.draft(ctx, entry.input.parse(input) as never)
}
