// Owns where the embedded server keeps its data and what is written down about it. Normally under Makima's home; when
// root starts Makima and its home is closed to others, under /var/lib/makima, where the server's user can go.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { canReach, type ServerUser, serverUser } from './embedded-user'
import type { ProcessIdentity } from '@/server/process-identity'

export type Place = {
  dataDir: string
  /** Folder for a healed copy of the programs. */
  cache: string
  user: ServerUser
  /** Why the data is not under Makima's home; null when it is. */
  why: string | null
}

/** What `<home>/database.json` says; other programs may read it to find the server. */
export type DatabaseState = {
  url: string
  port: number
  pid: number
  dataDir: string
  /** Launchers that use the server; the last one to leave stops it. */
  users: ProcessIdentity[]
}

const SYSTEM_FOLDER = '/var/lib/makima'

/** Decides where the data of `home` lies and makes the folders above it. */
export function placeFor(home: string, systemFolder = SYSTEM_FOLDER): Place {
  const isRoot = process.getuid?.() === 0
  try {
    // Others may pass through root's home (never list it): the server's user must reach the data below it.
    if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: isRoot ? 0o711 : 0o700 })
    const own = join(home, 'postgres')
    const user = serverUser(own)
    if (canReach(home, user)) return { dataDir: own, cache: home, user, why: null }

    mkdirSync(systemFolder, { recursive: true, mode: 0o755 })
    const dataDir = join(systemFolder, createHash('sha256').update(home).digest('hex').slice(0, 16))
    const why = `PostgreSQL does not run as root, and ${home} is closed to other users`
    return { dataDir, cache: systemFolder, user: serverUser(dataDir), why }
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException
    throw new AppError(
      'precondition_failed',
      `Makima cannot make its folder ${path ?? home} (${code}). Choose another with --home or MAKIMA_HOME.`,
      { cause },
    )
  }
}

/** What was last written down about the server of `home`; null when nothing was, or it cannot be read. */
export function readState(home: string): DatabaseState | null {
  try {
    return JSON.parse(readFileSync(stateFile(home), 'utf8')) as DatabaseState
  } catch {
    return null
  }
}

/** Writes the state in one step. It holds the password, so only its owner can read it. */
export function writeState(home: string, state: DatabaseState): void {
  const draft = `${stateFile(home)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(draft, stateFile(home))
}

function stateFile(home: string): string {
  return join(home, 'database.json')
}
