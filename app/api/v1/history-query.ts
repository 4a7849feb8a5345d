import type { Query } from './route-handler'

/** The filters of a history, as they stand in an address. */
export function readHistoryQuery(query: Query) {
  return {
    ...query.page(),
    phases: query.list('phase') ?? query.list('phases'),
    eventTypes: query.list('eventTypes'),
    agents: query.list('agents') ?? query.list('agent'),
    from: query.text('from'),
    to: query.text('to'),
  }
}
