import { z } from 'zod'
import { transcriptQuery } from '@/app/api/v1/conversation-query'
import { readTranscript, transcriptInput } from '@/server/services/conversation-transcript'
import { readTranscriptQuery } from '@/app/api/v1/conversation-query'
import { tokens, cursor } from '@/app/api/v1/answers/basics'
import { message } from '@/app/api/v1/answers/conversation'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx, params, query }) =>
      readTranscript(ctx, parse(transcriptInput, { ...readTranscriptQuery(query), taskId: idOf(params) })),
  },
  {
    GET: {
      summary: 'The conversation in force, whole texts',
      query: transcriptQuery,
      answers: {
        200: z.object({
          taskId: z.uuid(),
          taskName: z.string(),
          status: z.string(),
          messages: z.array(message),
          totalTokens: z.int(),
          tokens,
          totalCost: z.number(),
          totalMessages: z.int(),
          cursor,
        }),
      },
    },
  },
)
