// Owns safety snapshots: the state before an operation, kept until a person empties the shelf.
import { captureWorktree } from './capture'
import { gitText, runGit } from './git'
import { deleteRef, listRefs } from './store'
import type { CaptureLimits, Snapshot, Store, StoredSnapshot, WorktreeRepository } from './types'

const PREFIX = 'refs/snapshots/'

/** `refs/snapshots/<operationId>`. */
export function snapshotRef(operationId: string): string {
  return `${PREFIX}${operationId}`
}

/**
 * Captures the worktree under the operation's name, with HEAD and branch noted. A second call replaces the first: after a
 * crash ask `findSnapshot` before, or the state *after* would be kept as the state *before*.
 */
export async function takeSnapshot(
  store: Store,
  repository: WorktreeRepository,
  operationId: string,
  limits: CaptureLimits = {},
): Promise<Snapshot> {
  const {
    filesChanged: _,
    additions: __,
    deletions: ___,
    ...capture
  } = await captureWorktree({
    ...limits,
    store,
    repository,
    ref: snapshotRef(operationId),
    message: `Before operation ${operationId}`,
    count: false,
  })
  return { ...capture, operationId }
}

/** The snapshot of an operation, or null when none was taken. */
export async function findSnapshot(store: Store, operationId: string): Promise<StoredSnapshot | null> {
  const found = await readSnapshots(store, snapshotRef(operationId))
  return found.find((snapshot) => snapshot.operationId === operationId) ?? null
}

/** All snapshots of the store, newest first. */
export function listSnapshots(store: Store): Promise<StoredSnapshot[]> {
  return readSnapshots(store, PREFIX.slice(0, -1))
}

/** Forgets a snapshot. Its bytes are freed by the next `packStore`. */
export async function deleteSnapshot(store: Store, operationId: string): Promise<void> {
  await deleteRef(store, snapshotRef(operationId))
}

/** Bytes on disk that only this snapshot holds, roughly: compressed size of objects no other ref of the store reaches. */
export async function snapshotSize(store: Store, operationId: string): Promise<number> {
  const own = snapshotRef(operationId)
  const refs = await listRefs(store, 'refs')
  const target = refs.find((entry) => entry.ref === own)
  if (!target) return 0
  const others = refs.filter((entry) => entry.ref !== own && entry.sha !== target.sha).map((entry) => entry.sha)
  const parents = await gitText(['rev-parse', `${target.sha}^@`], { gitDir: store.path })
  const [mine, held] = await Promise.all([
    listObjects(store, [target.sha]),
    listObjects(store, [...others, ...parents.split('\n').filter(Boolean)]),
  ])
  const lone = [...mine].filter((sha) => !held.has(sha))
  if (lone.length === 0) return 0
  const { stdout } = await runGit(['cat-file', '--batch-check=%(objectsize:disk)'], {
    gitDir: store.path,
    input: `${lone.join('\n')}\n`,
  })
  return stdout
    .toString()
    .split('\n')
    .reduce((sum, line) => sum + (Number(line) || 0), 0)
}

/** Commits, trees and blobs of the given commits themselves, without their history. Missing ones are left out. */
export async function listObjects(store: Store, shas: string[]): Promise<Set<string>> {
  if (shas.length === 0) return new Set()
  const { stdout } = await runGit(
    ['rev-list', '--objects', '--no-walk', '--no-object-names', '--ignore-missing', '--missing=allow-any', '--stdin'],
    {
      gitDir: store.path,
      input: `${shas.join('\n')}\n`,
    },
  )
  return new Set(stdout.toString().split('\n').filter(Boolean))
}

async function readSnapshots(store: Store, pattern: string): Promise<StoredSnapshot[]> {
  const fields = ['refname', 'objectname', 'tree', 'committerdate:unix', 'contents:trailers']
  const format = fields.map((field) => `%(${field})`).join('%01')
  const text = await gitText(['for-each-ref', '--sort=-committerdate', `--format=${format}%02`, pattern], {
    gitDir: store.path,
  })
  return text
    .split('\x02')
    .map((entry) => entry.trimStart())
    .filter(Boolean)
    .map((entry) => {
      const [ref = '', commitSha = '', treeSha = '', seconds = '0', facts = ''] = entry.split('\x01')
      return {
        operationId: ref.slice(PREFIX.length),
        ref,
        commitSha,
        treeSha,
        createdAt: new Date(Number(seconds) * 1000),
        baseHead: /^Makima-Head: (.+)$/m.exec(facts)?.[1] ?? null,
        branch: /^Makima-Branch: (.+)$/m.exec(facts)?.[1] ?? null,
      }
    })
}
