// Any agent over the Agent Client Protocol, by the journal that Makima writes: one line of the table of agents.

import { isAcpHeader } from './acp-content'
import { createAcpCounter } from './acp-counts'
import { createAcpReader } from './acp-reader'
import { asString } from './claude-code-content'
import { cleanText } from './row-text'
import type { TranscriptFormat } from './types'

export const acp: TranscriptFormat = {
  agent: 'acp',
  documentList: null,
  recognises: isAcpHeader,
  describe: (values) => ({
    sessionId: cleanText(asString(values.find(isAcpHeader)?.sessionId) ?? '') || null,
    thread: '',
    userIds: values.flatMap(({ type, id }) => (type === 'prompt' && typeof id === 'string' ? [id] : [])),
    forkedFrom: null,
    carriesOutPlan: false,
    firstAt: values.map(({ at }) => asString(at)).find((at) => at !== null) ?? null,
  }),
  createReader: createAcpReader,
  createCounter: createAcpCounter,
}
