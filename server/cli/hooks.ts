// `makima hooks`: lets agents tell Makima of their turns, so that what they do appears as it happens.
import { readdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { join, resolve } from 'node:path'
import pc from 'picocolors'
import { readEnv } from '@/server/env'
import { AppError } from '@/server/errors'
import { type Hooked, HOOKED, hookFile, hookState, installHooks, removeHooks } from './hook-files'
import { call, findAddress } from './http'
import { type OutputOptions, print, table, wantsJson } from './output'

export type HookOptions = OutputOptions & { agent?: Hooked }

/** In every agent that is on this machine, or in the one that is named. */
export function install(options: HookOptions): void {
  const home = options.home ?? process.env.MAKIMA_HOME
  // Agents call it from whatever folder they work in.
  const place = home ? ['--home', resolve(home)] : []
  const program = [process.execPath, process.argv[1] ?? 'makima']
  for (const agent of wanted(options))
    installHooks(agent, hookFile(agent), [...program, 'hooks', 'run', agent, ...place])
  status(options)
}

export function remove(options: HookOptions): void {
  for (const agent of wanted(options)) removeHooks(agent, hookFile(agent))
  status(options)
}

export function status(options: HookOptions): void {
  const agents = (options.agent ? [options.agent] : HOOKED).map((agent) => {
    const file = hookFile(agent)
    return { agent, state: hookState(agent, file), file }
  })
  if (wantsJson(options)) return print({ agents })
  const rows = agents.map(({ agent, state, file }) => [agent, state === 'installed' ? pc.green(state) : state, file])
  table(['Agent', 'Hooks', 'In'], rows, '')
}

function wanted({ agent }: HookOptions): Hooked[] {
  const here = HOOKED.filter((each) => hookState(each, hookFile(each)) !== 'no agent')
  if (agent && !here.includes(agent)) {
    throw new AppError('precondition_failed', `${agent} was never started here: ${hookFile(agent)} has no folder yet.`)
  }
  if (here.length === 0) throw new AppError('precondition_failed', 'No agent with hooks was ever started here.')
  return agent ? [agent] : here
}

type Told = {
  session_id?: string
  transcript_path?: string
  hook_event_name?: string
  'thread-id'?: string
  type?: string
}

const BEGINS = ['UserPromptSubmit', 'BeforeAgent']
const ENDS = ['Stop', 'AfterAgent', 'agent-turn-complete']
/** An agent waits for its hook. */
const PATIENCE_MS = 3_000

/**
 * What an agent calls. Says nothing, as agents read what their hooks say, and never fails: an agent must not be held up
 * because Makima is away. One that Makima itself runs is followed without it.
 */
export async function run(agent: Hooked, argument: string | undefined, options: OutputOptions): Promise<void> {
  if (process.env.MAKIMA_TASK_ID) return
  try {
    const told = JSON.parse(argument ?? (await readInput())) as Told
    const sessionId = told.session_id ?? told['thread-id']
    const event = told.hook_event_name ?? told.type ?? ''
    const path = told.transcript_path ?? findRollout(sessionId ?? '')
    if (!path) return
    const state = BEGINS.includes(event) ? 'began' : ENDS.includes(event) ? 'ended' : 'working'
    const sent = call(findAddress(options.home ?? readEnv().home), 'POST', '/captures', {
      path,
      agent,
      sessionId,
      state,
    })
    await Promise.race([sent, sleep(PATIENCE_MS)])
  } catch {
    // The next import brings in what was missed.
  }
  // An answer that has not come must not keep the agent any longer.
  process.exit(0)
}

async function readInput(): Promise<string> {
  let text = ''
  for await (const part of process.stdin) text += String(part)
  return text
}

/** Codex names only its thread: its record is in a folder of the day, with the thread's id at its end. */
function findRollout(threadId: string): string | null {
  if (!/^[\w-]{8,}$/.test(threadId)) return null
  const folder = join(process.env.CODEX_HOME || join(homedir(), '.codex'), 'sessions')
  const name = readdirSync(folder, { recursive: true }).find((each) => String(each).endsWith(`${threadId}.jsonl`))
  return name === undefined ? null : join(folder, String(name))
}
