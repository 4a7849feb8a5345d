import { previewBrief } from '@/server/services/runs/hand-over-words'
import { resumeTaskInput } from '@/server/services/runs/run-inputs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => previewBrief(ctx, parse(resumeTaskInput, { ...body, taskId: idOf(params) })),
})
