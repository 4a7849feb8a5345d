import { getCheckpoint, listCheckpoints } from '@/server/services/checkpoints'
import { diffInput, fileInput, getDiff, getFile, getPatch, getTree, patchInput } from '@/server/services/diffs'
import { byId, byTask } from '@/server/services/inputs'
import { procedure, router } from '@/server/trpc'

export const checkpointsRouter = router({
  list: procedure.input(byTask).query(({ ctx, input }) => listCheckpoints(ctx, input)),
  get: procedure.input(byId).query(({ ctx, input }) => getCheckpoint(ctx, input)),
  diff: procedure.input(diffInput).query(({ ctx, input }) => getDiff(ctx, input)),
  patch: procedure.input(patchInput).query(({ ctx, input }) => getPatch(ctx, input)),
  tree: procedure.input(byId).query(({ ctx, input }) => getTree(ctx, input)),
  file: procedure.input(fileInput).query(({ ctx, input }) => getFile(ctx, input)),
})
