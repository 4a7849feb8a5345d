// Claude Code: one line of the table of agents.

import { createClaudeCodeCounter } from './claude-code-counts'
import { createClaudeCodeReader } from './claude-code-reader'
import { isClaudeCodeRecord } from './claude-code-records'
import type { TranscriptFormat } from './types'

export const claudeCode: TranscriptFormat = {
  agent: 'claude-code',
  recognises: isClaudeCodeRecord,
  createReader: createClaudeCodeReader,
  createCounter: createClaudeCodeCounter,
}
