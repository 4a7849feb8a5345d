// Where transcripts may lie: a file, a folder of them, the agents' usual places. Finds candidates; reads nothing of their content.
import { createReadStream } from 'node:fs'
import { opendir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Agent } from '@/server/transcripts/agents'
import { lookError } from './read-fault'

/** Something that may be a transcript and how to read its bytes. */
export type Candidate = {
  kind: 'file' | 'git'
  /** The name it is stored and shown under: unique per kind. */
  path: string
  bytes: number
  /** Same identity and size means same content without reading: device, inode and time of change, or the blob's id. */
  identity: string
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
const READ_BYTES = 256 << 10

/** The folders in which agents keep transcripts on this machine, whether they exist or not; of one agent, or of all. */
export function usualPlaces(agent: Agent | null = null, environment: NodeJS.ProcessEnv = process.env): string[] {
  const home = homedir()
  const codex = environment.CODEX_HOME || join(home, '.codex')
  const places: Record<Agent, string[]> = {
    'claude-code': [join(environment.CLAUDE_CONFIG_DIR || join(home, '.claude'), 'projects')],
    codex: [join(codex, 'sessions'), join(codex, 'archived_sessions')],
    gemini: [join(home, '.gemini', 'tmp')],
    opencode: [],
  }
  return agent === null ? Object.values(places).flat() : places[agent]
}

export async function fileCandidate(path: string): Promise<Candidate> {
  const found = await stat(path)
  return {
    kind: 'file',
    path,
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
          if (entry.name !== '.git' && entry.name !== 'node_modules') waiting.push(path)
        } else if (kind.isFile() && (TRANSCRIPT_NAME.test(entry.name) || DOCUMENT_NAME.test(entry.name))) {
          // One that goes away meanwhile, or whose name is no text, does not cost the others of its folder.
          await fileCandidate(path).then(
            (candidate) => found.push({ ...candidate, unsure: DOCUMENT_NAME.test(entry.name) }),
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
