// Finds an agent's program on this machine and asks which version it is.
import { execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { delimiter, isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { AppError } from '@/server/errors'
import type { FoundProgram } from './types'

const run = promisify(execFile)
/** Programs that come as scripts load for seconds on a busy machine. */
const VERSION_MS = 30_000

export type ProgramPlace = {
  title: string
  /** Name of the program in `PATH`. */
  command: string
  /** Environment variable that names the program's file and wins over `PATH`. */
  variable: string
  /** How it is installed. */
  install: string
}

/**
 * Finds a program and asks its version.
 * @throws AppError `precondition_failed` when it is not there or does not start; the message says how to install it.
 */
export async function findProgram(place: ProgramPlace, env: NodeJS.ProcessEnv): Promise<FoundProgram> {
  const path = await findFile(place, env)
  if (path === null) {
    throw new AppError(
      'precondition_failed',
      `${place.title} is not installed here. Install it with “${place.install}”, or set ${place.variable} to its file.`,
    )
  }
  const key = await fingerprint(path)
  const known = key === null ? undefined : versions.get(key)
  if (known !== undefined) return { path, version: known }
  try {
    const { stdout } = await run(path, ['--version'], { env, timeout: VERSION_MS })
    const version = /\d+\.\d+\.\d+[\w.+-]*/.exec(stdout)?.[0] ?? stdout.trim().slice(0, 40)
    if (key !== null) versions.set(key, version)
    return { path, version }
  } catch (cause) {
    throw new AppError(
      'precondition_failed',
      `${place.title} at ${path} does not start. Try “${place.command} --version” in a terminal; “${place.install}” installs it anew.`,
      { cause },
    )
  }
}

/** Programs that answered; asking one again would cost every turn a start of it. */
const versions = new Map<string, string>()

/** Changes when another version is put in its place. */
async function fingerprint(path: string): Promise<string | null> {
  const facts = await stat(path, { bigint: true }).catch(() => null)
  return facts && `${path}\0${facts.dev}:${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.ctimeNs}`
}

async function findFile({ command, variable }: ProgramPlace, env: NodeJS.ProcessEnv): Promise<string | null> {
  return env[variable] || findInPath(command, env)
}

/** A command by its name in `PATH`, or by its path; null when there is no such program. */
export async function findInPath(command: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  if (isAbsolute(command)) return (await isProgram(command)) ? command : null
  for (const folder of (env.PATH ?? '').split(delimiter)) {
    if (!isAbsolute(folder)) continue
    const path = join(folder, command)
    if (await isProgram(path)) return path
  }
  return null
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
