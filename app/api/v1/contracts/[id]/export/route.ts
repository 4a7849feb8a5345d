import { Readable } from 'node:stream'
import { openContractFile } from '@/server/services/contract-file/write-contract'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => {
      const { name, stream } = await openContractFile(ctx, { id: idOf(params) })
      return new Response(Readable.toWeb(stream) as ReadableStream, {
        headers: {
          'content-type': 'application/zip',
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
          'cache-control': 'no-store',
        },
      })
    },
  },
  {
    GET: {
      summary:
        'The whole contract as one file, for another Makima to import: conversations, checkpoints, code, lineage',
      details: 'Nothing in it is masked. POST /imports with the path of the file brings it in.',
      answers: { 200: { contentType: 'application/zip', description: 'A zip; its name ends with .makima' } },
    },
  },
)
