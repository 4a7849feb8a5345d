// The table of agents that Makima can run. A new one is one line here.
import { AppError } from '@/server/errors'
import type { Agent } from '@/server/transcripts/agents'
import { codex } from './codex'
import type { AgentProgram } from './types'

const PROGRAMS: Partial<Record<Agent, AgentProgram>> = {
  codex,
}

/** @throws AppError `precondition_failed` for an agent that can be read but not run, or that is not known. */
export function agentProgram(agent: string): AgentProgram {
  const program = Object.values(PROGRAMS).find((known) => known.agent === agent)
  if (program) return program
  const names = Object.values(PROGRAMS).map(({ title }) => title)
  throw new AppError(
    'precondition_failed',
    `Makima cannot run the agent “${agent}”. Go on in another one: ${names.join(', ')}.`,
  )
}
