import { openRawSource } from '@/server/services/sources'
import { idOf, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, params }) => {
      const { bytes, blanked, stream } = await openRawSource(ctx, { id: idOf(params) })
      return new Response(stream, {
        headers: {
          'content-type': 'application/octet-stream',
          'content-length': String(bytes),
          // Never shown in the browser as a page of ours: its bytes are somebody else's words.
          'content-disposition': 'attachment',
          'cache-control': 'no-store',
          ...(blanked > 0 && { 'makima-blanked': String(blanked) }),
        },
      })
    },
  },
  {
    GET: {
      summary: 'A transcript byte for byte',
      details:
        'Where a string in it was forgotten, stars stand in its place, byte for byte as many; the header `makima-blanked` then says in how many places.',
      answers: { 200: { contentType: 'application/octet-stream', description: 'The bytes as they were read' } },
    },
  },
)
