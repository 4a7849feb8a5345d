// Where transcripts may lie: a file, a folder of them, the agents' usual places. Finds candidates; reads nothing of their content.
import { createReadStream, readdirSync } from 'node:fs'
import { opendir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { ACP_FOLDER } from '@/server/transcripts/acp-content'
import type { Agent } from '@/server/transcripts/agents'
import { fitPath } from '@/server/transcripts/fit-text'
import { listDatabaseSessions } from './opencode/database-candidates'
import { isPartOfStorage, storageCandidate } from './opencode/storage-candidates'
import { lookError } from './read-fault'

/** Something that may be a transcript and how to read its bytes. */
export type Candidate = {
  kind: 'file' | 'git'
  /** The name it is stored and shown under: unique per kind. */
  path: string
  bytes: number
  /** Same identity and size means same content without reading: device, inode and time of change, or the blob's id. */
  identity: string
  /** Put together from several places: its identity alone tells whether it changed, its size is only about right. */
  assembled?: true
  modifiedAt: Date | null
  open(from: number): AsyncIterable<Buffer>
  /** What another program's catalogue says of it; the content decides in the end. */
  sessionId: string | null
  /** Its name alone does not say that it is a transcript: it is one if its content is, and else not worth a word. */
  unsure: boolean
}

export type Skipped = { path: string; reason: string }

const TRANSCRIPT_NAME = /\.jsonl$|^raw_transcript$/
/** A session that is one JSON document is named like any other file with data. */
const DOCUMENT_NAME = /\.json$/
const DATABASE_NAME = /^opencode[\w.-]*\.db$/
/** Holds no transcript, but files without number. */
const PASSED_BY = new Set(['.git', 'node_modules'])
const READ_BYTES = 256 << 10

/** The folders in which agents keep transcripts on this machine, whether they exist or not; of one agent, or of all. */
export function usualPlaces(agent: Agent | null = null, environment: NodeJS.ProcessEnv = process.env): string[] {
  const home = homedir()
  const codex = environment.CODEX_HOME || join(home, '.codex')
  const openCode = join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'opencode')
  const places: Record<Agent, string[]> = {
    'claude-code': [join(environment.CLAUDE_CONFIG_DIR || join(home, '.claude'), 'projects')],
    codex: [join(codex, 'sessions'), join(codex, 'archived_sessions')],
    gemini: [join(environment.GEMINI_CLI_HOME || home, '.gemini', 'tmp')],
    opencode: [join(openCode, 'storage'), ...listDatabases(openCode)],
    // Makima's own record of what it ran over the protocol.
    acp: environment.MAKIMA_HOME ? [join(environment.MAKIMA_HOME, ACP_FOLDER)] : [],
  }
  return agent === null ? Object.values(places).flat() : places[agent]
}

/** Releases other than the usual one put their name into that of their database. */
function listDatabases(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => DATABASE_NAME.test(name))
    return names.sort().map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** What a file that was asked for holds: a transcript, or a database of them. Throws AppError for a database of others. */
export async function findInFile(path: string, skipped: Skipped[]): Promise<Candidate[]> {
  if (path.endsWith('.db')) return listDatabaseSessions(path, skipped)
  return [(await storageCandidate(path)) ?? (await fileCandidate(path))]
}

export async function fileCandidate(path: string): Promise<Candidate> {
  const found = await stat(path)
  return {
    kind: 'file',
    path: fitPath(path),
    bytes: found.size,
    identity: `${found.dev}:${found.ino}:${found.mtimeMs}`,
    modifiedAt: found.mtime,
    open: (from) => createReadStream(path, { start: from, highWaterMark: READ_BYTES }),
    sessionId: null,
    unsure: false,
  }
}

/** Walks a folder for files named like transcripts. Links are followed, each folder once; what cannot be read is told, not thrown. */
export async function findTranscripts(folder: string, skipped: Skipped[]): Promise<Candidate[]> {
  const found: Candidate[] = []
  const waiting = [folder]
  const visited = new Set<string>()
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    try {
      const real = await realpath(next)
      if (visited.has(real)) continue
      visited.add(real)
      for await (const entry of await opendir(next)) {
        const path = join(next, entry.name)
        // A link whose target is gone is no transcript.
        const kind = entry.isSymbolicLink() ? await stat(path).catch(() => entry) : entry
        if (kind.isDirectory()) {
          if (!PASSED_BY.has(entry.name) && !isPartOfStorage(path)) waiting.push(path)
        } else if (kind.isFile() && [TRANSCRIPT_NAME, DOCUMENT_NAME, DATABASE_NAME].some((of) => of.test(entry.name))) {
          // One that goes away meanwhile, or whose name is no text, does not cost the others of its folder.
          await findInFile(path, skipped).then(
            (candidates) =>
              found.push(
                ...candidates.map((each) => ({ ...each, unsure: !each.assembled && DOCUMENT_NAME.test(path) })),
              ),
            (error: unknown) => skipped.push({ path, reason: lookError(error) }),
          )
        }
      }
    } catch (error) {
      skipped.push({ path: next, reason: lookError(error) })
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}
