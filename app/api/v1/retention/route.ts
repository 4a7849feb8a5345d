import { getRetention, retentionInput, setRetention } from '@/server/services/forget/retention'
import { retention } from '@/app/api/v1/answers/forget'
import { parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx }) => getRetention(ctx),
    PATCH: ({ ctx, body }) => setRetention(ctx, parse(retentionInput, body)),
  },
  {
    GET: { summary: 'After how many days what is kept goes; null: never', answers: { 200: retention } },
    PATCH: {
      summary: 'Sets after how many days what is kept goes for good, soon and then once a day; not for keys',
      body: retentionInput,
      answers: { 200: retention },
    },
  },
)
