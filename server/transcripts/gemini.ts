// Gemini CLI: one line of the table of agents.

import { isGeminiRecord } from './gemini-content'
import { createGeminiCounter } from './gemini-counts'
import { createGeminiReader } from './gemini-reader'
import { describeGeminiSource } from './gemini-source'
import type { TranscriptFormat } from './types'

export const gemini: TranscriptFormat = {
  agent: 'gemini',
  documentList: 'messages',
  recognises: isGeminiRecord,
  describe: describeGeminiSource,
  createReader: createGeminiReader,
  createCounter: createGeminiCounter,
}
