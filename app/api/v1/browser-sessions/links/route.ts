import { createEntryLink, entryLinkInput } from '@/server/services/browser-sessions/entry-links'
import { entryLink } from '@/app/api/v1/answers/browser-sessions'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  { POST: async ({ ctx, body }) => new Answer(201, await createEntryLink(ctx, parse(entryLinkInput, body))) },
  {
    POST: {
      tellsOnce: true,
      summary: 'Makes a link that signs one browser in, once and within an hour',
      details:
        'An API key cannot make one. `path` of the answer stands behind the address by which that browser reaches Makima.',
      body: entryLinkInput,
      answers: { 201: entryLink },
    },
  },
)
