import { eventHints } from '@/server/live'
import { feedInput, followHistory, placeNow } from '@/server/services/history-feed'
import { parse, route } from '@/app/api/v1/route-handler'
import { toEvent } from '@/app/api/v1/shapes'
import { streamEvents } from '@/app/api/v1/event-stream'

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: async ({ ctx, query, headers, signal }) => {
    const lastEventId = headers.get('last-event-id') ?? query.text('lastEventId') ?? (await placeNow(ctx))
    const input = parse(feedInput, { contractId: query.text('contractId'), taskId: query.text('taskId'), lastEventId })
    return streamEvents(lastEventId, signal, async function* (ended) {
      for await (const { place, event } of followHistory(ctx, input, eventHints(ended)))
        yield { id: place, data: toEvent(ctx, event) }
    })
  },
})
