// Codex: one line of the table of agents.

import { createCodexCounter } from './codex-counts'
import { createCodexReader } from './codex-reader'
import { isCodexRecord } from './codex-records'
import { describeCodexSource } from './codex-source'
import type { TranscriptFormat } from './types'

export const codex: TranscriptFormat = {
  agent: 'codex',
  documentList: null,
  recognises: isCodexRecord,
  describe: describeCodexSource,
  createReader: createCodexReader,
  createCounter: createCodexCounter,
}
