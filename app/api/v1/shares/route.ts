import { z } from 'zod'
import { pageInput } from '@/server/services/inputs'
import { shareCreateInput } from '@/server/services/shares/share-inputs'
import { createShare, listShares } from '@/server/services/shares/shares'
import { cursor } from '@/app/api/v1/answers/basics'
import { madeShare, share } from '@/app/api/v1/answers/shares'
import { page } from '@/app/api/v1/describe'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const { entries, totalCount, nextCursor } = await listShares(ctx, parse(pageInput, query.page()))
      return { shares: entries, totalCount, cursor: nextCursor }
    },
    POST: async ({ ctx, body, signal }) =>
      new Answer(201, await createShare(ctx, parse(shareCreateInput, body), signal)),
  },
  {
    GET: {
      summary: 'Share links, newest first, those that are over too',
      query: page,
      answers: { 200: z.object({ shares: z.array(share), totalCount: z.int(), cursor }) },
    },
    POST: {
      tellsOnce: true,
      summary: 'Shares a conversation by link: a frozen copy in which secrets are masked; the token is told this once',
      body: shareCreateInput,
      answers: { 201: madeShare },
    },
  },
)
