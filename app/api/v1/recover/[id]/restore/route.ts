import { settle } from '@/server/services/operation-answers'
import { restoreInput } from '@/server/services/operation-inputs'
import { requestRestore } from '@/server/services/shelf'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { answerOperation } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: async ({ ctx, params, body }) => {
    const input = parse(restoreInput, { ...body, id: idOf(params) })
    return answerOperation(await settle(ctx, requestRestore(ctx, input)), (result) => result)
  },
})
