import { exportConversation } from '@/server/services/shares/conversation-file'
import { exportInput } from '@/server/services/shares/share-inputs'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    POST: async ({ ctx, params, body: asked, signal }) => {
      const { name, body } = await exportConversation(
        ctx,
        parse(exportInput, { ...asked, taskId: idOf(params) }),
        signal,
      )
      return new Response(body, {
        headers: {
          // Never shown in the browser as a page of ours: its words are somebody else's.
          'content-type': 'application/octet-stream',
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(name)}`,
          'cache-control': 'no-store',
        },
      })
    },
  },
  {
    POST: {
      looks: true,
      summary:
        'The conversation as a file: a page, Markdown, lines of JSON (masked as a share), or the agent’s own record',
      body: exportInput,
      fromAddress: ['taskId'],
      answers: { 200: { contentType: 'application/octet-stream', description: 'The file; its name in the header' } },
    },
  },
)
