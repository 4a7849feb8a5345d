import { z } from 'zod'
import { requestImport, requestImportInput } from '@/server/services/imports'
import { receiveUpload, removeUpload, uploadName } from '@/server/services/uploads'
import { Answer, parse, route } from '@/app/api/v1/route-handler'

const input = requestImportInput.omit({ path: true }).extend({ name: uploadName })

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, query, file }) => {
      const { name, agent } = parse(input, { name: query.text('name'), agent: query.text('agent') })
      const path = await receiveUpload(ctx, name, file)
      try {
        return new Answer(202, await requestImport(ctx, { path, agent }))
      } catch (error) {
        await removeUpload(ctx, path)
        throw error
      }
    },
  },
  {
    POST: {
      summary: 'Imports a file that is sent: a contract from another Makima, or a transcript',
      details:
        'For who cannot put it where Makima runs. What comes with a transcript in its folder, as those of subagents, is not there; import the folder for that.',
      takesFile: true,
      query: {
        name: {
          schema: uploadName,
          description: 'How the file is called; its ending tells what it is',
          required: true,
        },
        agent: { schema: z.string(), description: 'Whose transcript it must be' },
      },
      answers: { 202: z.object({ importId: z.uuid() }) },
    },
  },
)
