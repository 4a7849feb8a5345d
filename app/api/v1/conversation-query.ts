import { flag, page, word } from './describe'
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

/** The same, as it is described. */
export const transcriptQuery = {
  ...page,
  includeToolCalls: flag('False leaves tool calls out'),
  includeToolResults: flag('False leaves out what tools answered'),
  before: word('Only before this message or time'),
  after: word('Only after this message or time'),
}
