// Where Codex keeps its threads.
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder of Codex' own files in an environment. */
export function codexHome(env: NodeJS.ProcessEnv): string {
  return env.CODEX_HOME || join(env.HOME || homedir(), '.codex')
}

/** Where a thread that begins at `now` (milliseconds since 1970) has its rollout file. */
export function rolloutPath(home: string, threadId: string, now: number): string {
  const date = new Date(now)
  const two = (number: number) => String(number).padStart(2, '0')
  const day = [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())]
  const time = [two(date.getHours()), two(date.getMinutes()), two(date.getSeconds())]
  return join(home, 'sessions', ...day, `rollout-${day.join('-')}T${time.join('-')}-${threadId}.jsonl`)
}

/**
 * The file to which a thread is written now: after a rewind inside Codex a thread goes on in a file of its own
 * (`…-<thread>_<segment>.jsonl`), so the newest one counts. Null when there is none.
 */
export async function findRollout(home: string, threadId: string): Promise<string | null> {
  const isOfThread = (name: string) =>
    name.startsWith('rollout-') && (name.endsWith(`-${threadId}.jsonl`) || name.includes(`-${threadId}_`))
  for await (const folder of dayFolders(join(home, 'sessions'))) {
    const found = (await listNames(folder)).filter(isOfThread).map((name) => join(folder, name))
    if (found.length > 0) return newest(found)
  }
  const archive = join(home, 'archived_sessions')
  const archived = (await listNames(archive)).filter(isOfThread).map((name) => join(archive, name))
  return archived.length > 0 ? newest(archived) : null
}

/** The folders of days, newest first. */
async function* dayFolders(sessions: string): AsyncGenerator<string> {
  for (const year of await listNumbers(sessions)) {
    for (const month of await listNumbers(join(sessions, year))) {
      for (const day of await listNumbers(join(sessions, year, month))) yield join(sessions, year, month, day)
    }
  }
}

async function listNumbers(folder: string): Promise<string[]> {
  return (await listNames(folder)).filter((name) => /^\d+$/.test(name)).toSorted((a, b) => b.localeCompare(a))
}

async function listNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

async function newest(paths: string[]): Promise<string | null> {
  let best: { path: string; at: number } | null = null
  for (const path of paths) {
    const at = (await stat(path).catch(() => null))?.mtimeMs ?? -1
    if (best === null || at > best.at) best = { path, at }
  }
  return best?.path ?? null
}
