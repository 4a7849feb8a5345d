// Gemini CLI does not write down where a session worked, only a SHA-256 of that folder's path: finds the folder among those
// that are known.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { OWNER_FILE } from '@/server/transcripts/gemini-content'

const asHash = (folder: string) => createHash('sha256').update(folder).digest('hex')

export class HashedFolders {
  private readonly found = new Map<string, Promise<string | null>>()
  private listed: Promise<string[]> | null = null

  constructor(private readonly ctx: Context) {}

  /** The folder whose path has this hash (in hex), for a session recorded in `file`; null when it is not known. */
  find(hash: string, file: string): Promise<string | null> {
    const key = `${hash} ${dirname(file)}`
    let folder = this.found.get(key)
    if (!folder) {
      folder = this.search(hash, file)
      this.found.set(key, folder)
    }
    return folder
  }

  private async search(hash: string, file: string): Promise<string | null> {
    for (const owner of await listOwners(file)) if (asHash(owner) === hash) return owner
    this.listed ??= listGeminiProjects()
    const listed = (await this.listed).find((folder) => asHash(folder) === hash)
    if (listed !== undefined) return listed
    const { ownerId } = this.ctx.actor
    const [known] = await this.ctx.db.execute<{ folder: string }>(sql`
      select folder from (
        select path as folder from worktrees where owner_id = ${ownerId} and removed_at is null
        union select cwd from tasks where owner_id = ${ownerId} and cwd is not null
      ) folders where encode(sha256(convert_to(folder, 'UTF8')), 'hex') = ${hash} limit 1`)
    return known?.folder ?? null
  }
}

/** The sessions of a folder lie together, and a file above them says whose they are; a subagent's lie one folder deeper. */
async function listOwners(file: string): Promise<string[]> {
  const above = [dirname(dirname(file)), dirname(dirname(dirname(file)))]
  const owners = await Promise.all(above.map((folder) => readFile(join(folder, OWNER_FILE), 'utf8').catch(() => '')))
  return owners.map((owner) => owner.trim()).filter(Boolean)
}

/** Newer releases list the folders that they worked in; a list that cannot be read names none. */
async function listGeminiProjects(): Promise<string[]> {
  const home = process.env.GEMINI_CLI_HOME || homedir()
  try {
    const list: unknown = JSON.parse(await readFile(join(home, '.gemini', 'projects.json'), 'utf8'))
    const projects = typeof list === 'object' && list !== null && 'projects' in list ? list.projects : null
    return typeof projects === 'object' && projects !== null ? Object.keys(projects) : []
  } catch {
    return []
  }
}
