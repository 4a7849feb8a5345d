// Owns one child process: starts it, writes its output to a log file, starts it again when it dies, ends it.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

export type ChildOptions = {
  name: string
  args: string[]
  cwd: string
  env: NodeJS.ProcessEnv
  /** Where stdout and stderr go; the previous file is kept beside it as `.old`. */
  log: string
  say: (line: string) => void
  /** How long a polite end may take before the process is killed. */
  graceMs: number
}

export type Child = {
  pid: () => number | undefined
  /** Ends the child and starts it anew, with another environment. */
  restart: (env: NodeJS.ProcessEnv) => Promise<void>
  stop: () => Promise<void>
}

/** Waits before the next start: half a second, doubled with each quick death, at most half a minute. */
export function backOffMs(quickDeaths: number): number {
  return Math.min(30_000, 500 * 2 ** quickDeaths)
}

/** Starts the program and keeps it running until `stop`. */
export function keepRunning(options: ChildOptions): Child {
  const { name, args, cwd, log, say, graceMs } = options
  let env = options.env
  let child: ChildProcess | undefined
  let timer: NodeJS.Timeout | undefined
  let stopping = false
  let quickDeaths = 0

  const start = () => {
    const output = openLog(log)
    const startedAt = Date.now()
    // A group of its own, so that Ctrl-C reaches the launcher alone; the channel tells the child when we are gone.
    const started = spawn(process.execPath, args, {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', output, output, 'ipc'],
    })
    closeSync(output)
    child = started
    started.on('error', (error) => say(`The ${name} process could not be started: ${error.message}`))
    started.on('exit', (code, signal) => {
      if (stopping || child !== started) return
      quickDeaths = Date.now() - startedAt > 60_000 ? 0 : quickDeaths + 1
      const wait = backOffMs(quickDeaths - 1)
      say(
        `The ${name} process ended (${signal ?? `code ${code}`}); it starts again in ${wait / 1000} s. ${lastWords(log)}`,
      )
      timer = setTimeout(start, wait)
    })
  }

  const end = async () => {
    clearTimeout(timer)
    const current = child
    child = undefined
    if (!current || current.exitCode !== null || current.signalCode !== null) return
    const gone = new Promise<void>((resolve) => current.once('exit', () => resolve()))
    current.kill('SIGTERM')
    const killer = setTimeout(() => current.kill('SIGKILL'), graceMs)
    await gone
    clearTimeout(killer)
  }

  start()
  return {
    pid: () => child?.pid,
    restart: async (newEnv) => {
      env = newEnv
      await end()
      if (!stopping) start()
    },
    stop: () => {
      stopping = true
      return end()
    },
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > 5_000_000) {
    rmSync(`${path}.old`, { force: true })
    renameSync(path, `${path}.old`)
  }
  return openSync(path, 'a', 0o600)
}

/** The end of a log, for the person who asks why. */
export function lastWords(log: string): string {
  try {
    const lines = readFileSync(log, 'utf8').trim().split('\n').slice(-4)
    return lines.join('\n') === '' ? '' : `Its last words, in ${log}:\n${lines.join('\n')}`
  } catch {
    return ''
  }
}
