import { z } from 'zod'
import { listForgettings, requestForgetting } from '@/server/services/forget/forget'
import { forgetInput } from '@/server/services/forget/forget-inputs'
import { forgetting } from '@/app/api/v1/answers/forget'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx }) => ({ forgettings: await listForgettings(ctx) }),
    POST: async ({ ctx, body }) => new Answer(202, await requestForgetting(ctx, parse(forgetInput, body))),
  },
  {
    GET: {
      summary: 'What was forgotten, newest first: kinds and counts, no names',
      answers: { 200: z.object({ forgettings: z.array(forgetting) }) },
    },
    POST: {
      // What is sent may be what is to be forgotten: it is not kept for a retry.
      tellsOnce: true,
      summary: 'Erases a contract, a task, a transcript or a string for good, as its preview says; not for keys',
      details:
        'There is no undo. `planHash` is that of a preview; when what would go has changed since, it is answered with `conflict` and nothing is done.',
      body: forgetInput,
      answers: { 202: forgetting },
    },
  },
)
