// Claude Code: one line of the table of agents.

import { createClaudeCodeCounter } from './claude-code-counts'
import { createClaudeCodeReader } from './claude-code-reader'
import { isClaudeCodeRecord } from './claude-code-records'
import { describeClaudeCodeSource } from './claude-code-source'
import type { TranscriptFormat } from './types'

export const claudeCode: TranscriptFormat = {
  agent: 'claude-code',
  documentList: null,
  recognises: isClaudeCodeRecord,
  describe: describeClaudeCodeSource,
  createReader: createClaudeCodeReader,
  createCounter: createClaudeCodeCounter,
}
