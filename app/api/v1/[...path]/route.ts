import { AppError } from '@/server/errors'
import { route } from '@/app/api/v1/route-handler'

const unknown = async () => {
  throw new AppError('not_found', 'There is no such address under /api/v1. Check how it is spelt.')
}

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: unknown,
    POST: unknown,
    PUT: unknown,
    PATCH: unknown,
    DELETE: unknown,
  },
  null,
)
