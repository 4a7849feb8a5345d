import { z } from 'zod'
import { listImports, requestImport, requestImportInput } from '@/server/services/imports'
import { importReport } from '@/app/api/v1/answers/imports'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx }) => ({ imports: await listImports(ctx) }),
    POST: async ({ ctx, body }) => new Answer(202, await requestImport(ctx, parse(requestImportInput, body))),
  },
  {
    GET: {
      summary: 'The last imports',
      answers: { 200: z.object({ imports: z.array(importReport) }) },
    },
    POST: {
      summary: "Imports a transcript, a folder of them, or a git repository; without a path the agents' usual places",
      body: requestImportInput,
      answers: { 202: z.object({ importId: z.uuid() }) },
    },
  },
)
