import { byId } from '@/server/services/inputs'
import { operationListInput, settle } from '@/server/services/operation-answers'
import {
  branchInput,
  checkpointInput,
  conversationRewindInput,
  forkInput,
  forkPreviewInput,
  rewindInput,
  undoInput,
} from '@/server/services/operation-inputs'
import {
  getOperation,
  listOperations,
  previewBranch,
  previewConversationRewind,
  previewFork,
  previewRewind,
  previewUndo,
  requestBranch,
  requestCheckpoint,
  requestConversationRewind,
  requestFork,
  requestRewind,
  requestUndo,
} from '@/server/services/operations'
import { procedure, router } from '@/server/trpc'

export const operationsRouter = router({
  list: procedure.input(operationListInput).query(({ ctx, input }) => listOperations(ctx, input)),
  get: procedure.input(byId).query(({ ctx, input }) => getOperation(ctx, input)),
  previewRewind: procedure.input(rewindInput).query(({ ctx, input }) => previewRewind(ctx, input)),
  rewind: procedure.input(rewindInput).mutation(({ ctx, input }) => settle(ctx, requestRewind(ctx, input))),
  previewConversationRewind: procedure
    .input(conversationRewindInput)
    .query(({ ctx, input }) => previewConversationRewind(ctx, input)),
  conversationRewind: procedure
    .input(conversationRewindInput)
    .mutation(({ ctx, input }) => settle(ctx, requestConversationRewind(ctx, input))),
  previewFork: procedure.input(forkPreviewInput).query(({ ctx, input }) => previewFork(ctx, input)),
  fork: procedure.input(forkInput).mutation(({ ctx, input }) => settle(ctx, requestFork(ctx, input))),
  previewBranch: procedure.input(branchInput).query(({ ctx, input }) => previewBranch(ctx, input)),
  branch: procedure.input(branchInput).mutation(({ ctx, input }) => settle(ctx, requestBranch(ctx, input))),
  previewUndo: procedure.input(undoInput).query(({ ctx, input }) => previewUndo(ctx, input)),
  undo: procedure.input(undoInput).mutation(({ ctx, input }) => settle(ctx, requestUndo(ctx, input))),
  takeCheckpoint: procedure
    .input(checkpointInput)
    .mutation(({ ctx, input }) => settle(ctx, requestCheckpoint(ctx, input))),
})
