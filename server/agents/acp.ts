// Any agent that speaks the Agent Client Protocol: the person names its command, Makima keeps the record of what is said.
import { stat } from 'node:fs/promises'
import { AppError } from '@/server/errors'
import { AcpJournal, journalGoesOn, journalPath } from './acp-journal'
import { type AcpAgent, AcpStream, launchAcp } from './acp-stream'
import { writeBrief } from './brief'
import { findInPath } from './find-program'
import type { BriefedProgram } from './types'

const SET_UP =
  'No agent over ACP is set up here. Set MAKIMA_ACP to the command that starts it, for example MAKIMA_ACP="goose acp", and start Makima again.'

const agent: AcpAgent = {
  title: 'The agent',
  login: 'The agent is not logged in. Log in with its own program in a terminal, then send the prompt again.',
  advise: () => null,
  createJournal: (env) => new AcpJournal(env),
}

/**
 * `MAKIMA_ACP` holds the command and its arguments, parted by spaces, or as a JSON list where one of them has spaces.
 * A session that the agent can load or resume goes on in it; everything else is told in a brief before the prompt.
 */
export const acp: BriefedProgram = {
  agent: 'acp',
  title: 'The agent over ACP',
  async find(env) {
    const [command] = readCommand(env)
    const path = command === undefined ? null : await findInPath(command, env)
    if (path !== null) return { path, version: '' }
    throw new AppError(
      'precondition_failed',
      command === undefined ? SET_UP : `MAKIMA_ACP names “${command}”, which is not installed here. Install it first.`,
    )
  },
  async writeBrief(talk) {
    const { text, notCarried } = await writeBrief(talk)
    return { brief: { text, after: talk.last?.nativeId ?? null }, notCarried }
  },
  goesOn: ({ env, sessionId }) => journalGoesOn(journalPath(env, sessionId)),
  resumeCommand: () => null,
  launch: (input) => launchAcp(input, readCommand(input.env).slice(1)),
  createStream: (input) => new AcpStream(agent, input),
  async findTranscript({ env, sessionId }) {
    const path = journalPath(env, sessionId)
    return (await stat(path).catch(() => null)) === null ? null : path
  },
}

function readCommand({ MAKIMA_ACP = '' }: NodeJS.ProcessEnv): string[] {
  if (MAKIMA_ACP.trimStart().startsWith('[')) {
    try {
      const list: unknown = JSON.parse(MAKIMA_ACP)
      if (Array.isArray(list)) return list.map(String)
    } catch {
      throw new AppError(
        'precondition_failed',
        'MAKIMA_ACP begins like a JSON list, but is none. Mend it and start again.',
      )
    }
  }
  return MAKIMA_ACP.split(/\s+/).filter(Boolean)
}
