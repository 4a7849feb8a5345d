import {
  allowAgain,
  getForgetting,
  listForgettings,
  previewForgetting,
  requestForgetting,
} from '@/server/services/forget/forget'
import { forgetInput, subjectInput } from '@/server/services/forget/forget-inputs'
import { getRetention, previewRetention, retentionInput, setRetention } from '@/server/services/forget/retention'
import { byId } from '@/server/services/inputs'
import { procedure, router } from '@/server/trpc'

export const forgetRouter = router({
  list: procedure.query(({ ctx }) => listForgettings(ctx)),
  get: procedure.input(byId).query(({ ctx, input }) => getForgetting(ctx, input)),
  // A mutation, as a string that is to be forgotten must stand in no address.
  preview: procedure.input(subjectInput).mutation(({ ctx, input }) => previewForgetting(ctx, input)),
  forget: procedure.input(forgetInput).mutation(({ ctx, input }) => requestForgetting(ctx, input)),
  allowAgain: procedure.input(byId).mutation(({ ctx, input }) => allowAgain(ctx, input)),
  retention: procedure.query(({ ctx }) => getRetention(ctx)),
  previewRetention: procedure.input(retentionInput).mutation(({ ctx, input }) => previewRetention(ctx, input)),
  setRetention: procedure.input(retentionInput).mutation(({ ctx, input }) => setRetention(ctx, input)),
})
