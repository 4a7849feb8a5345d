import { z } from 'zod'
import { transcriptQuery } from '@/app/api/v1/conversation-query'
import { readTranscript, transcriptInput } from '@/server/services/conversation-transcript'
import { getContract } from '@/server/services/contracts'
import { readTranscriptQuery } from '@/app/api/v1/conversation-query'
import { taskReference } from '@/app/api/v1/answers/contracts'
import { message } from '@/app/api/v1/answers/conversation'
import { cursor } from '@/app/api/v1/answers/basics'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toTaskReference } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params, query }) => {
      const contract = await getContract(ctx, { id: idOf(params) })
      const { supervisorTaskId, tasks } = contract
      const talk = supervisorTaskId
        ? await readTranscript(ctx, parse(transcriptInput, { ...readTranscriptQuery(query), taskId: supervisorTaskId }))
        : null
      const spawned = tasks.filter((task) => task.id !== supervisorTaskId)
      return {
        contractId: contract.id,
        supervisorTaskId,
        phase: contract.phase,
        lastActivity: contract.lastActivityAt,
        pendingTaskIds: spawned
          .filter((task) => task.status === 'pending' || task.status === 'running')
          .map((t) => t.id),
        messages: talk?.messages ?? [],
        totalMessages: talk?.totalMessages ?? 0,
        cursor: talk?.cursor ?? null,
        spawnedTasks: spawned.map(toTaskReference),
      }
    },
  },
  {
    GET: {
      summary: "The supervisor's conversation and the tasks that it started",
      query: transcriptQuery,
      answers: {
        200: z.object({
          contractId: z.uuid(),
          supervisorTaskId: z.uuid().nullable(),
          phase: z.string(),
          lastActivity: z.iso.datetime(),
          pendingTaskIds: z.array(z.uuid()),
          messages: z.array(message),
          totalMessages: z.int(),
          cursor,
          spawnedTasks: z.array(taskReference),
        }),
      },
    },
  },
)
