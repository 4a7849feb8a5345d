import { runListInput } from '@/server/services/runs/run-inputs'
import { listRuns } from '@/server/services/runs/run-log'
import { parse, route } from '@/app/api/v1/route-handler'
import { toRun } from '@/app/api/v1/run-shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query }) => {
    const input = parse(runListInput, {
      taskId: query.text('taskId'),
      contractId: query.text('contractId'),
      open: query.flag('open'),
    })
    return { runs: (await listRuns(ctx, input)).map(toRun) }
  },
})
