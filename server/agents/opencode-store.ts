// Where OpenCode keeps its sessions, and what only the program itself can do there.
import { execFile } from 'node:child_process'
import { readFile, readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '@/server/errors'
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { parseLine } from './codex-stream'
import type { OpenCodeModel } from './opencode-translate'
import type { AgentSurroundings, FoundProgram } from './types'

const run = promisify(execFile)
/** It loads for seconds, on a busy machine for a minute. */
const COMMAND_MS = 180_000
const OUTPUT_BYTES = 16 << 20
const DATABASE = /^opencode(-[\w.-]+)?\.db$/

type Place = AgentSurroundings & { program: FoundProgram }

/** The database that holds OpenCode's sessions; null when there is none. The one that was written last counts. */
export async function findDatabase(env: NodeJS.ProcessEnv): Promise<string | null> {
  const folder = join(env.XDG_DATA_HOME || join(env.HOME || homedir(), '.local', 'share'), 'opencode')
  const named = env.OPENCODE_DB
  if (named) return isAbsolute(named) ? named : join(folder, named)
  let best: { path: string; at: number } | null = null
  for (const name of await readdir(folder).catch(() => [])) {
    if (!DATABASE.test(name)) continue
    const path = join(folder, name)
    const at = (await stat(path).catch(() => null))?.mtimeMs ?? -1
    if (best === null || at > best.at) best = { path, at }
  }
  return best?.path ?? null
}

/**
 * Takes a session from a file into the database, as one of the folder.
 * @throws AppError `precondition_failed` when OpenCode refuses it; nothing of it is left behind.
 */
export async function importSession(place: Place, sessionId: string, file: string): Promise<void> {
  try {
    const { stdout } = await command(place, ['import', file])
    if (!stdout.includes(sessionId)) throw new Error(stdout)
  } catch (cause) {
    await command(place, ['session', 'delete', sessionId]).catch(() => {})
    throw new AppError(
      'precondition_failed',
      `OpenCode did not take the conversation as a session${lastLine(cause)}. A newer OpenCode may help: “opencode upgrade”.`,
      { cause },
    )
  }
}

/**
 * The model that OpenCode uses when none is named: of its settings, the last that was chosen, or the first that there is.
 * @throws AppError `precondition_failed` when it has none.
 */
export async function findModel(place: Place): Promise<OpenCodeModel> {
  const model = (await configuredModel(place)) ?? (await recentModel(place.env)) ?? (await firstModel(place))
  if (model !== null) return model
  throw new AppError(
    'precondition_failed',
    'OpenCode has no model to work with. Run “opencode auth login” in a terminal, then try again.',
  )
}

async function configuredModel(place: Place): Promise<OpenCodeModel | null> {
  const output = await command(place, ['debug', 'config']).catch(() => null)
  return toModel(parseLine(output?.stdout ?? '')?.model)
}

async function recentModel(env: NodeJS.ProcessEnv): Promise<OpenCodeModel | null> {
  const state = env.XDG_STATE_HOME || join(env.HOME || homedir(), '.local', 'state')
  const text = await readFile(join(state, 'opencode', 'model.json'), 'utf8').catch(() => '')
  const recent = parseLine(text)?.recent
  const first = Array.isArray(recent) ? recent.find(isObject) : undefined
  return typeof first?.providerID === 'string' && typeof first.modelID === 'string'
    ? { providerID: first.providerID, modelID: first.modelID }
    : null
}

async function firstModel(place: Place): Promise<OpenCodeModel | null> {
  const output = await command(place, ['models']).catch(() => null)
  return toModel(output?.stdout.split('\n').find((line) => line.includes('/')))
}

/** `provider/model`; the model's name may hold slashes, too. */
function toModel(name: unknown): OpenCodeModel | null {
  const found = typeof name === 'string' ? /^([^/\s]+)\/(\S+)$/.exec(name.trim()) : null
  return found ? { providerID: found[1] as string, modelID: found[2] as string } : null
}

/** It takes `PWD` for the folder, whatever the folder is. */
async function command({ program, cwd, env }: Place, args: string[]) {
  return run(program.path, args, { cwd, env: { ...env, PWD: cwd }, timeout: COMMAND_MS, maxBuffer: OUTPUT_BYTES })
}

function lastLine(error: unknown): string {
  const output = isObject(error) ? [error.stderr, error.stdout].map((text) => asString(text) ?? '').join('\n') : ''
  const line = output
    .replace(/\x1b\[[\d;]*m/g, '')
    .split('\n')
    .map((text) => text.trim())
    .filter(Boolean)
    .at(-1)
  return line === undefined ? '' : ` (${line.slice(0, 200)})`
}
