import { z } from 'zod'
import { diffInput, getDiffWithPatches } from '@/server/services/diffs'
import { changedFile } from '@/app/api/v1/answers/checkpoints'
import { word } from '@/app/api/v1/describe'
import { idOf, parse, route } from '@/app/api/v1/route-handler'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: ({ ctx, params, query }) => {
      const input = parse(diffInput, { id: idOf(params), against: query.text('against') })
      return getDiffWithPatches(ctx, { ...input, path: query.text('path') })
    },
  },
  {
    GET: {
      summary: 'What a checkpoint changed, with patches',
      query: {
        against: word('parent (default), worktree, or the id of another checkpoint'),
        path: word('Only this file'),
      },
      answers: {
        200: z.object({
          files: z.array(changedFile),
          stats: z.object({ files: z.int(), additions: z.int(), deletions: z.int() }),
        }),
      },
    },
  },
)
