// The filters of a timeline as they stand in the address, and the question to the server that they mean.
import {
  type inferParserType,
  parseAsArrayOf,
  parseAsIsoDateTime,
  parseAsString,
  parseAsStringLiteral,
} from 'nuqs/server'
import type { EventView, Phase } from '@/server/services/views'

export const PHASE_NAMES = ['research', 'specify', 'plan', 'execute', 'review'] as const satisfies readonly Phase[]

export const eventFilterParsers = {
  phase: parseAsArrayOf(parseAsStringLiteral(PHASE_NAMES)),
  type: parseAsArrayOf(parseAsString),
  agent: parseAsArrayOf(parseAsString),
  repository: parseAsString,
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
}

export type EventFilters = inferParserType<typeof eventFilterParsers>

/** The scope and the filters as input of `history.list`; what is not set is left out, so that equal questions have equal keys. */
export function toHistoryInput(filters: EventFilters, scope: { contractId?: string; taskId?: string } = {}) {
  return {
    ...scope,
    ...(filters.phase?.length ? { phases: filters.phase } : {}),
    ...(filters.type?.length ? { eventTypes: filters.type } : {}),
    ...(filters.agent?.length ? { agents: filters.agent } : {}),
    ...(filters.repository ? { repositoryId: filters.repository } : {}),
    ...(filters.from ? { from: filters.from } : {}),
    ...(filters.to ? { to: filters.to } : {}),
  }
}

/** True when any filter is set. */
export function hasFilters(filters: EventFilters): boolean {
  return Object.keys(toHistoryInput(filters)).length > 0
}

/** Whether an event that just happened belongs into the filtered list. */
export function matchesFilters(event: EventView, filters: EventFilters): boolean {
  const { phase, type, agent, repository, from, to } = filters
  if (phase?.length && !(event.phase && phase.includes(event.phase))) return false
  if (type?.length && !type.includes(event.eventType)) return false
  if (agent?.length && !(event.agent && agent.includes(event.agent))) return false
  if (repository && event.repositoryId !== repository) return false
  if (from && event.createdAt < from) return false
  return !(to && event.createdAt >= to)
}
