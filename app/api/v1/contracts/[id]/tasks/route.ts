import { z } from 'zod'
import { addTask, taskAddInput } from '@/server/services/contract-creation'
import { getContract } from '@/server/services/contracts'
import { task } from '@/app/api/v1/answers/contracts'
import { Answer, idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => ({ tasks: (await getContract(ctx, { id: idOf(params) })).tasks }),
    POST: async ({ ctx, params, body }) =>
      new Answer(201, await addTask(ctx, parse(taskAddInput, { ...body, contractId: idOf(params) }))),
  },
  {
    GET: {
      summary: 'The tasks of a contract',
      lasts: 'a-moment',
      answers: { 200: z.object({ tasks: z.array(task) }) },
    },
    POST: {
      summary: 'A task beside the supervisor',
      body: taskAddInput,
      fromAddress: ['contractId'],
      answers: { 201: z.object({ taskId: z.uuid() }) },
    },
  },
)
