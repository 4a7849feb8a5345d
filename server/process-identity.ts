// Owns the question "is that process still the one we wrote down?". A pid alone is not enough: they are reused,
// and in a container without an init a dead process stays a zombie.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { platform } from 'node:os'

/** A process as written into lock and state files. */
export type ProcessIdentity = { pid: number; started: string }

/** When the process started (an opaque text, comparable on this machine), or null when it is gone or a zombie. */
export function processStart(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null
  if (platform() === 'linux') return linuxStart(pid)
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  if (platform() === 'win32') return 'running'
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return line === '' || line.startsWith('Z') ? null : line.replace(/^\S+\s+/, '')
  } catch {
    return null
  }
}

function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may itself hold spaces and brackets: count from the last one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const state = fields[0]
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null)
  } catch (error) {
    // Any other failure (no file handle left, say) does not tell that it is dead, and its lock would be taken from it.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

/** This process, to be written into a file. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, started: processStart(process.pid) ?? 'unknown' }
}

/** True while exactly that process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return processStart(identity.pid) === identity.started
}

/** The program a running process was started from (its short name), or null when it cannot be told. */
export function processName(pid: number): string | null {
  try {
    if (platform() === 'linux') return readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
    return (
      execFileSync('ps', ['-o', 'comm=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .split('/')
        .pop() ?? null
    )
  } catch {
    return null
  }
}

/** Live processes that work in `directory`; on systems without /proc always empty. */
export function processesIn(directory: string): number[] {
  if (platform() !== 'linux') return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === directory && linuxStart(pid) !== null
      } catch {
        return false
      }
    })
}
