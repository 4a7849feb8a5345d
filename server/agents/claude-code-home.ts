// Where Claude Code keeps its sessions.
import { readdir, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'

const LONGEST_NAME = 200

/** The folder of Claude Code's own files in an environment. */
export function claudeHome(env: NodeJS.ProcessEnv): string {
  return env.CLAUDE_CONFIG_DIR || join(env.HOME || homedir(), '.claude')
}

/** The folder for sessions of a working folder (a real path). */
export function projectFolder(home: string, cwd: string): string {
  const projects = join(home, 'projects')
  const name = cwd.replace(/[^a-zA-Z0-9]/g, '-')
  if (name.length <= LONGEST_NAME) return join(projects, name)
  return join(projects, `${name.slice(0, LONGEST_NAME)}-${hash(cwd)}`)
}

/** The file of a session, first in the folder of `cwd`, then in every other. Null when there is none. */
export async function findSession(home: string, cwd: string, sessionId: string): Promise<string | null> {
  const projects = join(home, 'projects')
  const folders = [projectFolder(home, cwd), ...(await listNames(projects)).map((name) => join(projects, name))]
  for (const folder of folders) {
    const path = join(folder, `${sessionId}.jsonl`)
    if ((await stat(path).catch(() => null))?.isFile()) return path
  }
  return null
}

async function listNames(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}

/** What the program puts at the end of a name that is too long. */
function hash(text: string): string {
  let value = 0
  for (let index = 0; index < text.length; index++) value = (value * 31 + text.charCodeAt(index)) | 0
  return Math.abs(value).toString(36)
}
