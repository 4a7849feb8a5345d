// Codex: threads as rollout files below `CODEX_HOME`, turns by `codex exec`.
import { v7 as createId } from 'uuid'
import { copyThread } from './codex-copy'
import { codexHome, findRollout, rolloutPath } from './codex-home'
import { createCodexStream } from './codex-stream'
import { translateThread } from './codex-translate'
import { findProgram } from './find-program'
import { writeNewLines } from './session-file'
import type { SessionProgram, LaunchInput } from './types'

/**
 * Codex without a terminal cannot ask: `ask` leaves the sandbox to the person's own settings (by default the agent may read
 * but not write) and what the sandbox forbids fails; `allow` lets it write in the folder, still without the network.
 * `maxTurns` has no likeness in Codex. A new thread gets its id from Codex.
 */
export const codex: SessionProgram = {
  agent: 'codex',
  title: 'Codex',
  find: (env) =>
    findProgram(
      { title: 'Codex', command: 'codex', variable: 'MAKIMA_CODEX', install: 'npm install -g @openai/codex' },
      env,
    ),
  async writeSession({ cwd, env, program, talk }) {
    const now = Date.now()
    const threadId = createId()
    const identity = { threadId, cwd, now, version: program.version }
    const { lines, losses } =
      talk.agent === 'codex' ? await copyThread(talk, identity) : translateThread(talk, identity)
    const path = rolloutPath(codexHome(env), threadId, now)
    const bytes = await writeNewLines(path, lines)
    return { sessionId: threadId, files: [path], inherited: { bytes }, notCarried: losses.sentences() }
  },
  resumeCommand: (sessionId) => ['codex', 'resume', sessionId],
  launch: (input) => ({
    file: input.program.path,
    args: launchArgs(input),
    env: { ...input.env, PWD: input.cwd },
    stdin: input.prompt,
    keepsStdin: false,
  }),
  createStream: createCodexStream,
  findTranscript: ({ env, sessionId }) => findRollout(codexHome(env), sessionId),
}

/** `exec resume` knows fewer flags than `exec`: what both know is given as configuration. */
function launchArgs({ sessionId, model, permissions }: LaunchInput): string[] {
  const flags = ['--json', '--skip-git-repo-check']
  if (model !== null) flags.push('--model', model)
  if (permissions === 'allow') flags.push('-c', 'sandbox_mode="workspace-write"')
  return sessionId === null ? ['exec', ...flags, '-'] : ['exec', 'resume', ...flags, sessionId, '-']
}
