// OpenCode: one line of the table of agents.

import { isOpenCodeDocument } from './opencode-content'
import { createOpenCodeCounter } from './opencode-counts'
import { createOpenCodeReader } from './opencode-reader'
import { describeOpenCodeSource } from './opencode-source'
import type { TranscriptFormat } from './types'

export const openCode: TranscriptFormat = {
  agent: 'opencode',
  documentList: 'messages',
  recognises: isOpenCodeDocument,
  describe: describeOpenCodeSource,
  createReader: createOpenCodeReader,
  createCounter: createOpenCodeCounter,
}
