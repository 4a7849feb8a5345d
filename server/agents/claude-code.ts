// Claude Code: sessions as files below its projects folder, turns by `claude -p` with messages on both pipes.
import { join } from 'node:path'
import { v4 as createId } from 'uuid'
import { copySession } from './claude-code-copy'
import { claudeHome, findSession, projectFolder } from './claude-code-home'
import { createClaudeCodeStream } from './claude-code-stream'
import { translateSession } from './claude-code-translate'
import { findProgram } from './find-program'
import { writeNewLines } from './session-file'
import type { SessionProgram, LaunchInput } from './types'

/**
 * `ask`: what the person's settings do not allow is asked. `allow`: edits in the folder, commands and the web need no
 * question, what reaches files outside of the folder is still asked. (Skipping all permissions is refused to root.)
 */
export const claudeCode: SessionProgram = {
  agent: 'claude-code',
  title: 'Claude Code',
  find: (env) =>
    findProgram(
      {
        title: 'Claude Code',
        command: 'claude',
        variable: 'MAKIMA_CLAUDE',
        install: 'npm install -g @anthropic-ai/claude-code',
      },
      env,
    ),
  async writeSession({ cwd, env, program, talk }) {
    const sessionId = createId()
    const identity = { sessionId, cwd, version: program.version }
    const { lines, losses } =
      talk.agent === 'claude-code' ? await copySession(talk, identity) : translateSession(talk, identity)
    const path = join(projectFolder(claudeHome(env), cwd), `${sessionId}.jsonl`)
    const bytes = await writeNewLines(path, lines)
    return { sessionId, files: [path], inherited: { bytes }, notCarried: losses.sentences() }
  },
  resumeCommand: (sessionId) => ['claude', '--resume', sessionId],
  launch: (input) => ({
    file: input.program.path,
    args: launchArgs(input),
    env: launchEnv(input),
    stdin: `${JSON.stringify({ type: 'user', message: { role: 'user', content: input.prompt }, parent_tool_use_id: null })}\n`,
    keepsStdin: true,
  }),
  createStream: createClaudeCodeStream,
  findTranscript: ({ cwd, env, sessionId }) => findSession(claudeHome(env), cwd, sessionId),
}

function launchArgs({ sessionId, newSessionId, model, permissions, maxTurns }: LaunchInput): string[] {
  const args = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--verbose']
  args.push('--include-partial-messages', '--permission-prompt-tool', 'stdio')
  if (sessionId === null) args.push('--session-id', newSessionId)
  else args.push('--resume', sessionId)
  if (model !== null) args.push('--model', model)
  if (permissions === 'allow') {
    args.push('--permission-mode', 'acceptEdits', '--allowedTools', 'Bash,WebFetch,WebSearch,Skill')
  }
  if (maxTurns !== null) args.push('--max-turns', String(maxTurns))
  return args
}

/** Started from within a Claude Code, the program would take itself for a part of it. */
function launchEnv({ env, cwd }: LaunchInput): NodeJS.ProcessEnv {
  const { CLAUDECODE: _, CLAUDE_CODE_ENTRYPOINT: __, ...rest } = env
  return { ...rest, PWD: cwd }
}
