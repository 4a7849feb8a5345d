// OpenCode: sessions in its database, written by `opencode import`; turns over ACP, so that it can ask and tell as it writes.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AcpAgent, AcpStream, launchAcp } from './acp-stream'
import { findProgram } from './find-program'
import { writeOpenCodeSession } from './opencode-document'
import { findDatabase, findModel, importSession } from './opencode-store'
import { writeNewLines } from './session-file'
import type { SessionProgram } from './types'

const LOGIN = 'OpenCode is not logged in. Run “opencode auth login” in a terminal, then send the prompt again.'

const acp: AcpAgent = { title: 'OpenCode', login: LOGIN, advise: adviseOnOpenCodeError }

/**
 * `ask`: what the person's settings want to be asked is asked (by default only what reaches files outside of the folder).
 * `allow`: nothing in the folder is asked. `maxTurns` has no likeness in OpenCode. A new session gets its id from OpenCode.
 */
export const opencode: SessionProgram = {
  agent: 'opencode',
  title: 'OpenCode',
  find: (env) =>
    findProgram(
      { title: 'OpenCode', command: 'opencode', variable: 'MAKIMA_OPENCODE', install: 'npm install -g opencode-ai' },
      env,
    ),
  async writeSession({ talk, ...place }) {
    const now = Date.now()
    const identity = { cwd: place.cwd, version: place.program.version, now }
    const { sessionId, lines, notCarried } = await writeOpenCodeSession(talk, identity, () => findModel(place))
    const folder = await mkdtemp(join(tmpdir(), 'makima-opencode-'))
    try {
      const file = join(folder, `${sessionId}.json`)
      await writeNewLines(file, lines)
      await importSession(place, sessionId, file)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
    return { sessionId, files: [], inherited: { until: now }, notCarried: notCarried() }
  },
  resumeCommand: (sessionId) => ['opencode', '--session', sessionId],
  launch: (input) => launchAcp(input, ['acp']),
  createStream: (input) => new AcpStream(acp, input),
  async findTranscript({ env, sessionId }) {
    const database = await findDatabase(env)
    return database === null ? null : `${database}#${sessionId}`
  },
}

/** What a person must do first, from the words of an error; null when nothing is known. */
export function adviseOnOpenCodeError(error: string): string | null {
  if (/\b401\b|\b403\b|unauthorized|api[ _-]?key|authenticat/i.test(error)) return LOGIN
  if (/model not found|ProviderModelNotFound/i.test(error)) {
    return 'Choose a model that “opencode models” lists, then send the prompt again.'
  }
  if (/session not found|NotFoundError/i.test(error)) {
    return 'The session is no longer there. Resume the task once more: its session is written anew.'
  }
  return null
}
