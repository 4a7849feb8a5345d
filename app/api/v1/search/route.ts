import { search, searchInput } from '@/server/services/search'
import { searchPage } from '@/app/api/v1/answers/conversation'
import { history, only, page, word } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'

const { agents, from, to } = history

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query }) => {
      const input = {
        ...query.page(),
        q: query.text('q') ?? '',
        contractId: query.text('contractId'),
        taskId: query.text('taskId'),
        repositoryId: query.text('repositoryId'),
        agents: query.list('agents'),
        from: query.text('from'),
        to: query.text('to'),
      }
      return search(ctx, parse(searchInput, input))
    },
  },
  {
    GET: {
      summary: 'Searches what was said, what tools were asked and what they answered, newest first',
      details: '"Quoted" words stand side by side, -word must not be there, the last word may be a beginning.',
      query: {
        ...page,
        q: word('What to search for'),
        contractId: only('contract'),
        taskId: only('task'),
        repositoryId: only('repository'),
        ...(agents && { agents }),
        ...(from && { from }),
        ...(to && { to }),
      },
      answers: { 200: searchPage },
    },
  },
)
