import {
  getMessage,
  getOutline,
  getSlice,
  locateMessage,
  messageInput,
  sliceInput,
} from '@/server/services/conversation'
import { byTask } from '@/server/services/inputs'
import { procedure, router } from '@/server/trpc'

export const conversationRouter = router({
  slice: procedure.input(sliceInput).query(({ ctx, input }) => getSlice(ctx, input)),
  locate: procedure.input(messageInput).query(({ ctx, input }) => locateMessage(ctx, input)),
  message: procedure.input(messageInput).query(({ ctx, input }) => getMessage(ctx, input)),
  outline: procedure.input(byTask).query(({ ctx, input }) => getOutline(ctx, input)),
})
