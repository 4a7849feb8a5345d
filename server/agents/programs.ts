// The agents whose programs Makima can run: one line an agent.
import { AppError } from '@/server/errors'
import { type Agent, asAgent } from '@/server/transcripts/agents'
import { acp } from './acp'
import { claudeCode } from './claude-code'
import { codex } from './codex'
import { gemini } from './gemini'
import { opencode } from './opencode'
import type { AgentProgram } from './types'

const PROGRAMS: Partial<Record<Agent, AgentProgram>> = {
  'claude-code': claudeCode,
  codex,
  gemini,
  opencode,
  acp,
}

/** @throws AppError `precondition_failed` for an agent that Makima can only read, or does not know. */
export function agentProgram(agent: string): AgentProgram {
  const known = asAgent(agent)
  const program = known && PROGRAMS[known]
  if (program) return program
  throw new AppError('precondition_failed', `Makima cannot run ${agent}. Continue the work in another agent.`)
}
