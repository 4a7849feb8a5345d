import { readTranscript, transcriptInput } from '@/server/services/conversation-transcript'
import { readTranscriptQuery } from '@/app/api/v1/conversation-query'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ ctx, params, query }) =>
    readTranscript(ctx, parse(transcriptInput, { ...readTranscriptQuery(query), taskId: idOf(params) })),
})
