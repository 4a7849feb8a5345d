import { byId } from '@/server/services/inputs'
import { getRelatives, getTask } from '@/server/services/tasks'
import { procedure, router } from '@/server/trpc'

export const tasksRouter = router({
  get: procedure.input(byId).query(({ ctx, input }) => getTask(ctx, input)),
  relatives: procedure.input(byId).query(({ ctx, input }) => getRelatives(ctx, input)),
})
