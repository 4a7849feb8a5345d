// Owns `<home>/run.json`: which Makima runs on a home, and where it is reached.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withFileLock } from '@/server/file-lock'
import { isRunning, ownIdentity, type ProcessIdentity } from '@/server/process-identity'

export type RunningMakima = ProcessIdentity & {
  /** Address of the web page and REST; null while it starts. */
  url: string | null
}

/** The Makima that runs on `home` right now, or null. A file left by one that was killed counts for nothing. */
export function findRunning(home: string): RunningMakima | null {
  try {
    const noted = JSON.parse(readFileSync(fileIn(home), 'utf8')) as RunningMakima
    return isRunning(noted) ? noted : null
  } catch {
    return null
  }
}

/** Claims `home` for this process; answers with the Makima that holds it if one does, else null. */
export function claimHome(home: string): Promise<RunningMakima | null> {
  return withFileLock(join(home, 'run.lock'), async () => {
    const other = findRunning(home)
    if (other !== null && other.pid !== process.pid) return other
    noteAddress(home, null)
    return null
  })
}

/** Writes down where this process is reached. */
export function noteAddress(home: string, url: string | null): void {
  const draft = `${fileIn(home)}.${process.pid}`
  writeFileSync(draft, `${JSON.stringify({ ...ownIdentity(), url } satisfies RunningMakima)}\n`, { mode: 0o600 })
  renameSync(draft, fileIn(home))
}

/** Removes the note of this process; another's stays. */
export function releaseHome(home: string): void {
  if (existsSync(fileIn(home)) && findRunning(home)?.pid === process.pid) rmSync(fileIn(home), { force: true })
}

function fileIn(home: string): string {
  return join(home, 'run.json')
}
