import type { Query } from './route-handler'

/** What of a conversation is asked for, as it stands in an address. */
export function readTranscriptQuery(query: Query) {
  return {
    ...query.page(),
    includeToolCalls: query.flag('includeToolCalls'),
    includeToolResults: query.flag('includeToolResults'),
    before: query.text('before'),
    after: query.text('after'),
  }
}
