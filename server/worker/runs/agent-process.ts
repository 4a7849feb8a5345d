// A started agent: its own group of processes, its output as lines, its end. Knows nothing of what the lines say.
import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { processStart } from '@/server/process-identity'
import { AppError } from '@/server/errors'
import type { AgentLaunch } from '@/server/agents/types'
import { readLines } from './lines'

export type AgentProcess = {
  pid: number
  /** When the process started, to tell it from another that gets its number later. */
  pidStart: string | null
  /** Ends when the program has ended and its output is read. */
  lines: AsyncIterable<string>
  write(text: string): void
  closeInput(): void
  /** Sends a signal to the program and everything it started. */
  signal(name: NodeJS.Signals): void
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** The last of what it wrote to its error output. */
  errorOutput(): string
}

const ERROR_OUTPUT_CHARACTERS = 4_000
/** Something the agent left running may hold its output open for ever. */
const REST_OF_OUTPUT_MS = 1_000

/** @throws AppError `precondition_failed` when the program cannot be started. */
export async function startAgent(launch: AgentLaunch, cwd: string): Promise<AgentProcess> {
  const child = spawn(launch.file, launch.args, {
    cwd,
    env: launch.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: it can be ended with all it started, and a Ctrl-C meant for Makima does not reach it.
    detached: true,
  })
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (cause) =>
      reject(new AppError('precondition_failed', `${launch.file} could not be started (${cause.message}).`, { cause })),
    )
  })
  child.on('error', () => {})
  const pid = child.pid as number
  let errorOutput = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorOutput = (errorOutput + text).slice(-ERROR_OUTPUT_CHARACTERS)
  })
  // A program that ends before it has read everything is no fault of ours; its exit tells what happened.
  child.stdin.on('error', () => {})
  child.stdin.write(launch.stdin)
  if (!launch.keepsStdin) child.stdin.end()
  void ended.then(() => sleep(REST_OF_OUTPUT_MS)).then(() => child.stdout.destroy())
  return {
    pid,
    pidStart: processStart(pid),
    lines: readLines(child.stdout),
    write: (text) => void (child.stdin.writable && child.stdin.write(text)),
    closeInput: () => void child.stdin.end(),
    signal: (name) => signalGroup(pid, name),
    ended,
    errorOutput: () => errorOutput.trim(),
  }
}

/** Signals a whole group; one that is gone needs none. */
export function signalGroup(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(-pid, name)
  } catch {
    // Already gone.
  }
}
