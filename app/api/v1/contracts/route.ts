import { z } from 'zod'
import { contractCreateInput, createContract } from '@/server/services/contract-creation'
import { contractListInput, listContracts } from '@/server/services/contracts'
import { contract } from '@/app/api/v1/answers/contracts'
import { cursor } from '@/app/api/v1/answers/basics'
import { page, only, word, flag } from '@/app/api/v1/describe'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const input = parse(contractListInput, {
        ...query.page(),
        repositoryId: query.text('repositoryId'),
        status: query.text('status'),
        agent: query.text('agent'),
        search: query.text('search'),
        starred: query.flag('starred'),
        sort: query.text('sort'),
      })
      const { entries, nextCursor, totalCount } = await listContracts(ctx, input)
      return { contracts: entries, totalCount, cursor: nextCursor }
    },
    POST: async ({ ctx, body }) => new Answer(201, await createContract(ctx, parse(contractCreateInput, body))),
  },
  {
    GET: {
      summary: 'Contracts, those with the latest activity first',
      lasts: 'a-moment',
      query: {
        ...page,
        repositoryId: only('repository'),
        status: word('Only with this status'),
        agent: word('Only with this agent'),
        search: word('Only with these words in the name'),
        starred: flag('Only those with a star'),
        sort: word('activity or created'),
      },
      answers: { 200: z.object({ contracts: z.array(contract), totalCount: z.int(), cursor }) },
    },
    POST: {
      summary: 'A contract of your own on a folder that exists; the folder is not changed',
      body: contractCreateInput,
      answers: { 201: z.object({ contractId: z.uuid(), taskId: z.uuid() }) },
    },
  },
)
