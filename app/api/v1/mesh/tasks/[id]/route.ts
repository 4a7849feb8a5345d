import { getTask } from '@/server/services/tasks'
import { task } from '@/app/api/v1/answers/contracts'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx, params }) => getTask(ctx, { id: idOf(params) }),
  },
  {
    GET: {
      summary: 'A task',
      lasts: 'a-moment',
      answers: { 200: task },
    },
  },
)
