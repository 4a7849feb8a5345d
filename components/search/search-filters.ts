// What is searched for, as it stands in the address.
import { type inferParserType, parseAsString } from 'nuqs/server'

export const searchParsers = {
  q: parseAsString.withDefault(''),
  agent: parseAsString,
  repository: parseAsString,
}

export type SearchFilters = inferParserType<typeof searchParsers>

/** The input of `search.find` that the address means. */
export function toSearchInput({ q, agent, repository }: SearchFilters) {
  return {
    q: q.trim(),
    limit: 50,
    ...(agent ? { agents: [agent] } : {}),
    ...(repository ? { repositoryId: repository } : {}),
  }
}
