// Finds the transcripts that Entire keeps in a git repository and says which commits they belong to.
import { listCommits } from '@/server/git/log'
import { type ObjectReader, listTreeRecursive } from '@/server/git/objects'
import { listUserRefs } from '@/server/git/refs'
import type { LogCommit, Repository, TreeEntry } from '@/server/git/types'
import { parseSessionMetadata, parseTranscriptPath, stripDatePrefix } from '@/server/transcripts/entire'
import type { Candidate } from './candidates'

const BRANCH = 'entire/checkpoints/v1'
/** Blobs of a session are read several times while it is imported; so many bytes of them are kept meanwhile. */
const CACHE_BYTES = 96 << 20

/** One transcript of one checkpoint. */
export type EntireTranscript = {
  checkpointId: string
  sessionIndex: number
  sessionId: string
  agent: string | null
  candidate: Candidate
}

/** The ref that holds Entire's checkpoints: the local branch, else that of a remote. Null when there is none. */
export async function findEntireRef(repository: Repository): Promise<string | null> {
  const refs = await listUserRefs(repository, ['refs/heads/', 'refs/remotes/'])
  const local = refs.find((ref) => ref.name === `refs/heads/${BRANCH}`)
  return (
    (local ?? refs.find((ref) => ref.name.startsWith('refs/remotes/') && ref.name.endsWith(`/${BRANCH}`)))?.name ?? null
  )
}

/** All transcripts at the tip of the branch, with what their metadata says; the bytes are read later. */
export async function listEntireTranscripts(
  repository: Repository,
  ref: string,
  objects: ObjectReader,
): Promise<EntireTranscript[]> {
  const metadata = new Map<string, string>()
  const parts = new Map<string, { entry: TreeEntry; part: number }[]>()
  for await (const entry of listTreeRecursive(repository, ref)) {
    const place = parseTranscriptPath(entry.path)
    if (!place || entry.type !== 'blob') continue
    const key = `${place.checkpointId}/${place.sessionIndex}`
    if (place.file === 'metadata') metadata.set(key, entry.sha)
    else parts.set(key, [...(parts.get(key) ?? []), { entry, part: place.part }])
  }
  const cache: BlobCache = { used: 0, blobs: new Map() }
  const transcripts: EntireTranscript[] = []
  for (const [key, unsorted] of parts) {
    const entries = unsorted.sort((a, b) => a.part - b.part).map(({ entry }) => entry)
    const [checkpointId = '', index = '0'] = key.split('/')
    const sha = metadata.get(key)
    const raw = sha ? await objects.read(sha, 16 << 20) : null
    const session = raw ? parseSessionMetadata(raw.data.toString('utf8')) : null
    transcripts.push({
      checkpointId,
      sessionIndex: Number(index),
      sessionId: session?.sessionId ? stripDatePrefix(session.sessionId) : key,
      agent: session?.agent ?? null,
      candidate: blobCandidate(repository, ref, entries, objects, cache),
    })
  }
  return transcripts
}

type BlobCache = { used: number; blobs: Map<string, Buffer> }

function blobCandidate(
  repository: Repository,
  ref: string,
  entries: TreeEntry[],
  objects: ObjectReader,
  cache: BlobCache,
): Candidate {
  const first = entries[0] as TreeEntry
  const bytes = entries.reduce((sum, entry) => sum + (entry.size ?? 0), 0)
  return {
    kind: 'git',
    path: `${repository.topLevel ?? repository.gitDir}@${ref.replace(/^refs\/(heads|remotes)\//, '')}:${first.path}`,
    bytes,
    identity: entries.map((entry) => entry.sha).join('+'),
    modifiedAt: null,
    sessionId: null,
    open: (from) => readBlobs(entries, from, objects, cache),
  }
}

async function* readBlobs(
  entries: TreeEntry[],
  from: number,
  objects: ObjectReader,
  cache: BlobCache,
): AsyncGenerator<Buffer> {
  let skip = from
  for (const entry of entries) {
    const size = entry.size ?? 0
    if (skip >= size && size > 0) {
      skip -= size
      continue
    }
    const data = await readBlob(entry, objects, cache)
    // A megabyte at a time, so that a reader that stops early or writes meanwhile is not handed everything at once.
    for (let at = skip; at < data.length; at += 1 << 20) yield data.subarray(at, Math.min(data.length, at + (1 << 20)))
    skip = 0
  }
}

async function readBlob(entry: TreeEntry, objects: ObjectReader, cache: BlobCache): Promise<Buffer> {
  const cached = cache.blobs.get(entry.sha)
  if (cached) return cached
  const found = await objects.read(entry.sha)
  if (!found) throw new Error(`object ${entry.sha} is missing`)
  while (cache.used + found.size > CACHE_BYTES && cache.blobs.size > 0) {
    const [oldest, buffer] = cache.blobs.entries().next().value as [string, Buffer]
    cache.blobs.delete(oldest)
    cache.used -= buffer.length
  }
  if (found.size <= CACHE_BYTES) {
    cache.blobs.set(entry.sha, found.data)
    cache.used += found.size
  }
  return found.data
}

/** The commits that name a checkpoint in a trailer, by checkpoint id; squashed and rebased commits may share one. */
export async function listCheckpointCommits(repository: Repository): Promise<Map<string, LogCommit[]>> {
  const commits = new Map<string, LogCommit[]>()
  for await (const commit of listCommits(repository, { all: true })) {
    for (const { key, value } of commit.trailers) {
      if (key.toLowerCase() !== 'entire-checkpoint') continue
      const id = value.trim()
      commits.set(id, [...(commits.get(id) ?? []), commit])
    }
  }
  return commits
}
