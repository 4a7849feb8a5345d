import { z } from 'zod'
import { runListInput } from '@/server/services/runs/run-inputs'
import { listRuns } from '@/server/services/runs/run-log'
import { run } from '@/app/api/v1/answers/runs'
import { only, flag } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const input = parse(runListInput, {
        taskId: query.text('taskId'),
        contractId: query.text('contractId'),
        open: query.flag('open'),
      })
      return { runs: (await listRuns(ctx, input)).map(toRun) }
    },
  },
  {
    GET: {
      summary: 'Agents at work and those that were, newest first',
      query: {
        taskId: only('task'),
        contractId: only('contract'),
        open: flag('Only those that have not ended, and all of them'),
      },
      answers: { 200: z.object({ runs: z.array(run) }) },
    },
  },
)
