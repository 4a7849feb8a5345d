import { readTranscript, transcriptInput } from '@/server/services/conversation-transcript'
import { getContract } from '@/server/services/contracts'
import { readTranscriptQuery } from '@/app/api/v1/conversation-query'
import { idOf, parse, route } from '@/app/api/v1/route-handler'
import { toTaskReference } from '@/app/api/v1/shapes'

export const { GET, POST, PUT, PATCH, DELETE } = route({
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
      pendingTaskIds: spawned.filter((task) => task.status === 'pending' || task.status === 'running').map((t) => t.id),
      messages: talk?.messages ?? [],
      totalMessages: talk?.totalMessages ?? 0,
      cursor: talk?.cursor ?? null,
      spawnedTasks: spawned.map(toTaskReference),
    }
  },
})
