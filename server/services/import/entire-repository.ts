// Finds the transcripts that Entire keeps in a git repository and says which commits they belong to.
import { listCommits } from '@/server/git/log'
import { type ObjectReader, listTreeRecursive } from '@/server/git/objects'
import { listUserRefs } from '@/server/git/refs'
import type { LogCommit, Repository, TreeEntry } from '@/server/git/types'
import {
  parseCheckpointRef,
  parseCheckpointTrailers,
  parseSessionMetadata,
  parseTranscriptPath,
  parseTranscriptTreePath,
} from '@/server/transcripts/entire'
import { fitId, fitName, fitPath } from '@/server/transcripts/fit-text'
import type { Candidate } from './candidates'

const BRANCH = 'entire/checkpoints/v1'
/** Blobs of a session are read several times while it is imported; so many bytes of them are kept meanwhile. */
const CACHE_BYTES = 96 << 20

/** A larger transcript is told and left out: git hands a blob over as a whole. */
const MOST_BLOB_BYTES = 1 << 30

/** One transcript of one checkpoint. */
export type EntireTranscript = {
  checkpointId: string
  sessionIndex: number
  sessionId: string
  agent: string | null
  /** When the checkpoint was made, as its metadata has it; empty when it has none. */
  createdAt: string
  candidate: Candidate
}

/** A tree with checkpoints: the whole branch, or one checkpoint that has a ref of its own. */
export type CheckpointTree = { ref: string; checkpointId: string | null }

/** Where Entire's checkpoints lie: the local branch, else that of a remote, and refs of single checkpoints. */
export async function findCheckpointTrees(repository: Repository): Promise<CheckpointTree[]> {
  const refs = await listUserRefs(repository, ['refs/heads/', 'refs/remotes/', 'refs/entire/'])
  const local = refs.find((ref) => ref.name === `refs/heads/${BRANCH}`)
  const branch = local ?? refs.find((ref) => ref.name.startsWith('refs/remotes/') && ref.name.endsWith(`/${BRANCH}`))
  const single = refs.flatMap(({ name }) => {
    const checkpointId = parseCheckpointRef(name)
    return checkpointId ? [{ ref: name, checkpointId }] : []
  })
  return [...(branch ? [{ ref: branch.name, checkpointId: null }] : []), ...single]
}

/** All transcripts of the trees, with what their metadata says; the bytes are read later. */
export async function listEntireTranscripts(
  repository: Repository,
  trees: CheckpointTree[],
  objects: ObjectReader,
): Promise<EntireTranscript[]> {
  const cache: BlobCache = { used: 0, blobs: new Map() }
  const transcripts: EntireTranscript[] = []
  for (const tree of trees) {
    const sessions = new Map<string, FoundSession>()
    for await (const entry of listTreeRecursive(repository, tree.ref)) {
      const file = tree.checkpointId
        ? parseTranscriptTreePath(tree.checkpointId, entry.path)
        : parseTranscriptPath(entry.path)
      if (!file || entry.type !== 'blob') continue
      const key = `${file.checkpointId}/${file.sessionIndex}`
      const session = sessions.get(key) ?? {
        checkpointId: file.checkpointId,
        sessionIndex: file.sessionIndex,
        metadata: null,
        parts: [],
      }
      if (file.file === 'metadata') session.metadata = entry
      else session.parts.push({ entry, part: file.part })
      sessions.set(key, session)
    }
    for (const [key, { metadata, parts, ...place }] of sessions) {
      if (parts.length === 0) continue
      const raw = metadata ? await objects.read(metadata.sha, 16 << 20) : null
      const session = raw ? parseSessionMetadata(raw.data.toString('utf8')) : null
      const entries = parts.sort((a, b) => a.part - b.part).map(({ entry }) => entry)
      transcripts.push({
        ...place,
        sessionId: fitId(session?.sessionId ?? key),
        agent: session?.agent ?? null,
        createdAt: fitName(session?.createdAt ?? '', 40),
        candidate: blobCandidate(repository, tree.ref, entries, objects, cache),
      })
    }
  }
  return transcripts
}

type FoundSession = {
  checkpointId: string
  sessionIndex: number
  metadata: TreeEntry | null
  parts: { entry: TreeEntry; part: number }[]
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
    path: fitPath(
      `${repository.topLevel ?? repository.gitDir}@${ref.replace(/^refs\/(heads|remotes)\//, '')}:${first.path}`,
    ),
    bytes,
    identity: entries.map((entry) => entry.sha).join('+'),
    modifiedAt: null,
    sessionId: null,
    unsure: false,
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
  const found = await objects.read(entry.sha, MOST_BLOB_BYTES)
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
    for (const id of parseCheckpointTrailers(commit.body).checkpointIds)
      commits.set(id, [...(commits.get(id) ?? []), commit])
  }
  return commits
}
