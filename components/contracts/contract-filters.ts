// The search, filters and order of the list of contracts as they stand in the address.
import { type inferParserType, parseAsBoolean, parseAsString, parseAsStringLiteral } from 'nuqs/server'

export const SORTS = ['activity', 'name', 'tokens', 'cost'] as const

export const contractFilterParsers = {
  search: parseAsString.withDefault(''),
  sort: parseAsStringLiteral(SORTS).withDefault('activity'),
  repository: parseAsString,
  agent: parseAsString,
  starred: parseAsBoolean.withDefault(false),
}

export type ContractFilters = inferParserType<typeof contractFilterParsers>

/** The input of `contracts.list` that the address means; equal questions have equal keys. */
export function toContractsInput(filters: ContractFilters) {
  const search = filters.search.trim()
  return {
    sort: filters.sort,
    limit: 100,
    ...(search ? { search } : {}),
    ...(filters.repository ? { repositoryId: filters.repository } : {}),
    ...(filters.agent ? { agent: filters.agent } : {}),
    ...(filters.starred ? { starred: true } : {}),
  }
}
