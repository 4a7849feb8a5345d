import { eventHints } from '@/server/live'
import { whileAllowed } from '@/server/services/entry-watch'
import { feedInput, followHistory, placeNow, requirePlace } from '@/server/services/history-feed'
import { only, word } from '@/app/api/v1/describe'
import { parse, route } from '@/app/api/v1/route-handler'
import { toEvent } from '@/app/api/v1/shapes'
import { streamEvents } from '@/app/api/v1/event-stream'

export const { GET, POST, PUT, PATCH, DELETE } = route(
  {
    GET: async ({ ctx, query, headers, signal }) => {
      const given = headers.get('last-event-id') ?? query.text('lastEventId')
      const lastEventId = given === undefined ? await placeNow(ctx) : requirePlace(given)
      const input = parse(feedInput, {
        contractId: query.text('contractId'),
        taskId: query.text('taskId'),
        lastEventId,
      })
      return streamEvents(lastEventId, signal, (ended) =>
        whileAllowed(ctx, ended, async function* (signalled) {
          for await (const { place, event } of followHistory(ctx, input, eventHints(signalled)))
            yield { id: place, data: toEvent(ctx, event) }
        }),
      )
    },
  },
  {
    GET: {
      summary: 'What happens, as it happens',
      query: {
        contractId: only('contract'),
        taskId: only('task'),
        lastEventId: word('As the header Last-Event-ID, for who cannot send headers'),
      },
      answers: {
        200: {
          contentType: 'text/event-stream',
          description:
            'Server-sent events: each with an id and an Event as its data. Come back with Last-Event-ID, and nothing is missed or told twice.',
        },
      },
    },
  },
)
