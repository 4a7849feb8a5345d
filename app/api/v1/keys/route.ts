import { z } from 'zod'
import { createKey, keyCreateInput, listKeys } from '@/server/services/api-keys'
import { apiKey, madeKey } from '@/app/api/v1/answers/keys'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx }) => ({ keys: await listKeys(ctx) }),
    POST: async ({ ctx, body }) => new Answer(201, await createKey(ctx, parse(keyCreateInput, body))),
  },
  {
    GET: { summary: 'API keys, newest first', answers: { 200: z.object({ keys: z.array(apiKey) }) } },
    POST: {
      tellsOnce: true,
      summary: 'Makes an API key, which is told this once; it is sent as `Authorization: Bearer KEY`',
      body: keyCreateInput,
      answers: { 201: madeKey },
    },
  },
)
