// Gemini CLI: sessions as journals below its home, turns over ACP, so that it can ask and tell as it writes.
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { type AcpAgent, AcpStream, launchAcp } from './acp-stream'
import { findProgram } from './find-program'
import { copyName, findSession, geminiHome, makeChats } from './gemini-home'
import { writeGeminiSession } from './gemini-session'
import { writeNewLines } from './session-file'
import type { SessionProgram } from './types'

const LOGIN =
  'Gemini CLI is not logged in. Run “gemini” in a terminal and log in, or set GEMINI_API_KEY where Makima is started, then send the prompt again.'

const acp: AcpAgent = { title: 'Gemini CLI', login: LOGIN, advise: adviseOnGeminiError }

/**
 * `ask`: edits and commands are asked, as the program does by itself. `allow`: nothing in the folder is asked. `maxTurns` has
 * no likeness here. A new session gets its id from the program. Going on with a session, Gemini CLI tells its model once more
 * what each tool answered, so each turn gets a clean copy.
 */
export const gemini: SessionProgram = {
  agent: 'gemini',
  title: 'Gemini CLI',
  copiesEachTurn: true,
  find: (env) =>
    findProgram(
      {
        title: 'Gemini CLI',
        command: 'gemini',
        variable: 'MAKIMA_GEMINI',
        install: 'npm install -g @google/gemini-cli',
      },
      env,
    ),
  async writeSession({ cwd, env, talk }) {
    const now = Date.now()
    const sessionId = randomUUID()
    const { lines, notCarried } = await writeGeminiSession(talk, { sessionId, cwd, now })
    const path = join(await makeChats(geminiHome(env), cwd), copyName(sessionId, now))
    const bytes = await writeNewLines(path, lines)
    return { sessionId, files: [path], inherited: { bytes }, notCarried: notCarried() }
  },
  resumeCommand: (sessionId) => ['gemini', '--resume', sessionId],
  launch: (input) => launchAcp(input, ['--acp']),
  createStream: (input) => new AcpStream(acp, input),
  findTranscript: ({ cwd, env, sessionId }) => findSession(geminiHome(env), cwd, sessionId),
}

/** What a person must do first, from the words of an error; null when nothing is known. */
export function adviseOnGeminiError(error: string): string | null {
  if (/\b40[13]\b|api[ _-]?key|authenticat|unauthorized|log ?in/i.test(error)) return LOGIN
  if (/quota|rate limit|\b429\b|RESOURCE_EXHAUSTED/i.test(error)) {
    return 'The quota of the account is used up. Wait, or choose another model, then send the prompt again.'
  }
  if (/invalid session identifier|no previous sessions/i.test(error)) {
    return 'The session is no longer there. Resume the task once more: its session is written anew.'
  }
  return null
}
