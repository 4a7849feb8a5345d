// Where Gemini CLI keeps the sessions of a folder.
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import { OWNER_FILE } from '@/server/transcripts/gemini-content'
import { parseLine } from './codex-stream'

const HEADER_BYTES = 4096
const MOST_NAMESAKES = 1_000

/** The folder of Gemini CLI's own files in an environment. */
export function geminiHome(env: NodeJS.ProcessEnv): string {
  return join(env.GEMINI_CLI_HOME || env.HOME || homedir(), '.gemini')
}

/** The folder with the sessions of `cwd`; null when there is none yet. */
export async function findChats(home: string, cwd: string): Promise<string | null> {
  const slug = await findSlug(home, cwd)
  return slug === null ? null : join(home, 'tmp', slug, 'chats')
}

/**
 * The folder for sessions of `cwd`, made when there is none. The program finds it by its owner file and then enters it into
 * its own list, which is left to it.
 */
export async function makeChats(home: string, cwd: string): Promise<string> {
  const slug = (await findSlug(home, cwd)) ?? (await claimSlug(home, cwd))
  const chats = join(home, 'tmp', slug, 'chats')
  await mkdir(chats, { recursive: true, mode: 0o700 })
  return chats
}

/**
 * The name of a copy. The program names files by the minute and the first 8 letters of the id: each resume leaves a file of
 * that name with nothing in it, and the next start deletes all files with these letters. The last 8 keep the copy out of that.
 */
export function copyName(sessionId: string, now: number): string {
  const minute = new Date(now).toISOString().slice(0, 16).replaceAll(':', '-')
  return `session-${minute}-${sessionId.slice(-8)}.jsonl`
}

/** The file of a session: a copy that Makima wrote, or one that the program began itself. */
export async function findSession(home: string, cwd: string, sessionId: string): Promise<string | null> {
  const chats = await findChats(home, cwd)
  if (chats === null) return null
  const names = (await readdir(chats).catch(() => [])).toSorted((a, b) => b.localeCompare(a))
  for (const letters of [sessionId.slice(-8), sessionId.slice(0, 8)]) {
    const named = names.filter((name) => name.endsWith(`-${letters}.jsonl`) || name.endsWith(`-${letters}.json`))
    // The one that was begun first: later ones are what a resume left.
    for (const name of named.toReversed()) {
      const path = join(chats, name)
      if ((await readSessionId(path)) === sessionId) return path
    }
  }
  return null
}

async function readSessionId(path: string): Promise<string | null> {
  const file = await open(path, 'r').catch(() => null)
  if (file === null) return null
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    return /"sessionId"\s*:\s*"([^"]+)"/.exec(buffer.toString('utf8', 0, bytesRead))?.[1] ?? null
  } finally {
    await file.close()
  }
}

async function findSlug(home: string, cwd: string): Promise<string | null> {
  const listed = parseLine(await readFile(join(home, 'projects.json'), 'utf8').catch(() => ''))?.projects
  const slug = isObject(listed) ? asString(listed[cwd]) : null
  if (slug !== null) {
    const owner = await readOwner(home, slug)
    if (owner === cwd || owner === null) return slug
  }
  for (const name of await readdir(join(home, 'tmp')).catch(() => [])) {
    if ((await readOwner(home, name)) === cwd) return name
  }
  return null
}

async function readOwner(home: string, slug: string): Promise<string | null> {
  return readFile(join(home, 'tmp', slug, OWNER_FILE), 'utf8').then(
    (text) => text.trim(),
    () => null,
  )
}

async function claimSlug(home: string, cwd: string): Promise<string> {
  const base =
    basename(cwd)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'project'
  await mkdir(join(home, 'tmp'), { recursive: true, mode: 0o700 })
  for (let number = 0; number < MOST_NAMESAKES; number++) {
    const slug = number === 0 ? base : `${base}-${number}`
    try {
      await mkdir(join(home, 'tmp', slug), { mode: 0o700 })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      throw error
    }
    await writeFile(join(home, 'tmp', slug, OWNER_FILE), cwd, { flag: 'wx' })
    return slug
  }
  throw new Error(`${MOST_NAMESAKES} folders in ${join(home, 'tmp')} are called ${base}`)
}
