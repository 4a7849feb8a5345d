import { type EventFilters, toHistoryInput } from './event-filters'

export const HISTORY_PAGE = 100

/** The first question of a timeline; the page asks it too, so that the answer comes with the document. */
export function firstHistoryInput(
  filters: EventFilters,
  scope: { contractId?: string; taskId?: string },
  at: Date | null,
) {
  return { ...toHistoryInput(filters, scope), ...(at ? { to: at } : {}), limit: HISTORY_PAGE }
}
