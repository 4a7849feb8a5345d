// What a checkpoint changed and what it holds, read from the store; nothing here touches a worktree.
import { and, desc, eq, lt, ne } from 'drizzle-orm'
import { z } from 'zod'
import { taskCheckpoints } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { readWorktreeTree } from '@/server/git/capture'
import { listChangedFiles, readBlobAt, readPatch } from '@/server/git/diff'
import { listTreeRecursive, openObjectReader } from '@/server/git/objects'
import type { ChangedFile as GitChange, Store } from '@/server/git/types'
import { openStoreOf } from './held-store'
import { idInput } from './inputs'
import { type CheckpointRow, getCheckpointRow, getTaskWithPlace, openPlace, requirePlace } from './operation-subjects'
import type { ChangedFile, DiffView, PatchView } from './views'

const against = z.union([z.enum(['parent', 'worktree']), idInput], 'Compare with parent, worktree or a checkpoint id')
const path = z.string().min(1, 'Give the path of a file').max(8_192)

export const diffInput = z.object({ id: idInput, against: against.default('parent') })
export const patchInput = z.object({ id: idInput, against: against.default('parent'), path })
export const fileInput = z.object({ id: idInput, path })

/** No answer above a megabyte: larger patches and files are named, not sent. */
const PATCH_BYTES = 700_000
const FILE_BYTES = 700_000
const ALL_PATCHES_BYTES = 16_000_000
const TREE_FILES = 8_000

type Sides = { store: Store; from: string | null; to: string; against: DiffView['against'] }

/**
 * Files that differ. `parent` and a checkpoint id compare from there to this checkpoint; `worktree` compares from this
 * checkpoint to the files as they are now. Throws `not_found`, `precondition_failed` (pruned; folder gone).
 */
export async function getDiff(ctx: Context, input: z.infer<typeof diffInput>): Promise<DiffView> {
  const { store, from, to, against } = await openSides(ctx, input)
  const files = (await listChangedFiles(store, from, to)).map(toFile)
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0)
  const stats = { files: files.length, additions: sum('additions'), deletions: sum('deletions') }
  return { checkpointId: input.id, against, files, stats }
}

function toFile({ path, oldPath, status, additions, deletions, binary }: GitChange): ChangedFile {
  return { path, oldPath, status, additions: additions ?? 0, deletions: deletions ?? 0, binary }
}

/** The patch of one file of that diff. Throws `not_found` for a path that did not change. */
export async function getPatch(ctx: Context, input: z.infer<typeof patchInput>): Promise<PatchView> {
  const { store, from, to } = await openSides(ctx, input)
  const change = (await listChangedFiles(store, from, to)).find((file) => file.path === input.path)
  if (!change) throw new AppError('not_found', `${input.path} did not change between these two states.`)
  if (change.binary) return { path: input.path, patch: null, tooLarge: false, binary: true }
  return patchOf({ store, from, to }, change)
}

async function patchOf(
  { store, from, to }: Pick<Sides, 'store' | 'from' | 'to'>,
  change: GitChange,
): Promise<PatchView> {
  const { path, oldPath } = change
  const { patch, truncated } = await readPatch(store, from, to, { path, oldPath, maxBytes: PATCH_BYTES })
  return { path, patch: truncated ? null : patch.toString('utf8'), tooLarge: truncated, binary: false }
}

/** The diff with its patches, of one path or of all. Patches beyond 16 MB together are left out. Throws `not_found`. */
export async function getDiffWithPatches(ctx: Context, input: z.infer<typeof diffInput> & { path?: string | null }) {
  const { store, from, to } = await openSides(ctx, input)
  const changes = await listChangedFiles(store, from, to)
  const wanted = input.path ? changes.filter((change) => change.path === input.path) : changes
  if (input.path && wanted.length === 0) {
    throw new AppError('not_found', `${input.path} did not change between these two states.`)
  }
  const [only] = input.path ? wanted : []
  const { patch, truncated } = await readPatch(store, from, to, {
    ...(only ? { path: only.path, oldPath: only.oldPath } : {}),
    maxBytes: ALL_PATCHES_BYTES,
  })
  // Git writes one block per file, in the order of the list; a line of content never begins a block.
  const blocks = patch.toString('utf8').split(/(?<=\n)(?=diff --git )/)
  if (truncated) blocks.pop()
  // A file that became a link or the other way round takes two blocks: then they cannot be told apart by number.
  const fits = truncated || blocks.length === wanted.length
  const files = wanted.map((change, i) => {
    const block = fits && !change.binary ? blocks[i] : undefined
    return block ? { ...toFile(change), patch: block } : toFile(change)
  })
  const sum = (key: 'additions' | 'deletions') => files.reduce((total, file) => total + file[key], 0)
  return { files, stats: { files: files.length, additions: sum('additions'), deletions: sum('deletions') } }
}

/** The files a checkpoint holds, at most 8,000 of them. */
export async function getTree(ctx: Context, input: { id: string }) {
  const { checkpoint, store } = await openCheckpoint(ctx, input.id)
  const files: { path: string; size: number; mode: string }[] = []
  for await (const entry of listTreeRecursive(store, checkpoint.treeSha)) {
    if (entry.type === 'tree') continue
    if (files.length >= TREE_FILES) return { files, cut: true }
    files.push({ path: entry.path, size: entry.size ?? 0, mode: entry.mode })
  }
  return { files, cut: false }
}

/** A file as it was then; `text` is null when it is binary or too large to show. Throws `not_found`. */
export async function getFile(ctx: Context, input: z.infer<typeof fileInput>) {
  const { checkpoint, store } = await openCheckpoint(ctx, input.id)
  const blob = await readBlobAt(store, checkpoint.treeSha, input.path)
  if (!blob) throw new AppError('not_found', `There is no file ${input.path} in this checkpoint.`)
  const binary = blob.data.subarray(0, 8_000).includes(0)
  const tooLarge = blob.data.length > FILE_BYTES
  return {
    path: input.path,
    text: binary || tooLarge ? null : blob.data.toString('utf8'),
    binary,
    size: blob.data.length,
    tooLarge,
  }
}

async function openSides(ctx: Context, input: z.infer<typeof diffInput>): Promise<Sides> {
  const { checkpoint, store } = await openCheckpoint(ctx, input.id)
  const sha = checkpoint.commitSha
  if (input.against === 'worktree') {
    const place = await openPlace(ctx, requirePlace(await getTaskWithPlace(ctx, checkpoint.taskId)))
    const { treeSha } = await readWorktreeTree(place)
    return { store, from: sha, to: treeSha, against: { kind: 'worktree', checkpointId: null, sha: null } }
  }
  if (input.against === 'parent') {
    const from = await findParent(ctx, checkpoint)
    return { store, from, to: sha, against: { kind: 'parent', checkpointId: null, sha: from } }
  }
  const other = await getCheckpointRow(ctx, input.against)
  if (other.repositoryId !== checkpoint.repositoryId) {
    throw new AppError('invalid', 'These two checkpoints are of different repositories. Choose one of the same.')
  }
  await requireCommit(store, other)
  return {
    store,
    from: other.commitSha,
    to: sha,
    against: { kind: 'checkpoint', checkpointId: other.id, sha: other.commitSha },
  }
}

/** A commit is compared with its parent; a capture with the capture before it in that folder, as its counts were. */
async function findParent(ctx: Context, checkpoint: CheckpointRow): Promise<string | null> {
  if (checkpoint.kind === 'commit' || checkpoint.worktreeId === null) return checkpoint.baseHead
  const [previous] = await ctx.db
    .select({ sha: taskCheckpoints.commitSha })
    .from(taskCheckpoints)
    .where(
      and(
        eq(taskCheckpoints.ownerId, ctx.actor.ownerId),
        eq(taskCheckpoints.repositoryId, checkpoint.repositoryId),
        eq(taskCheckpoints.worktreeId, checkpoint.worktreeId),
        ne(taskCheckpoints.kind, 'commit'),
        lt(taskCheckpoints.createdAt, checkpoint.createdAt),
      ),
    )
    .orderBy(desc(taskCheckpoints.createdAt))
    .limit(1)
  return previous?.sha ?? checkpoint.baseHead
}

async function openCheckpoint(ctx: Context, id: string): Promise<{ checkpoint: CheckpointRow; store: Store }> {
  const checkpoint = await getCheckpointRow(ctx, id)
  const store = await openStoreOf(ctx, checkpoint.repositoryId)
  await requireCommit(store, checkpoint)
  return { checkpoint, store }
}

async function requireCommit(store: Store, checkpoint: CheckpointRow): Promise<void> {
  const reader = openObjectReader(store)
  try {
    if (await reader.read(checkpoint.commitSha)) return
  } finally {
    reader.close()
  }
  throw new AppError(
    'not_found',
    `The commit ${checkpoint.commitSha.slice(0, 10)} of checkpoint ${checkpoint.number} is gone: git has pruned it before Makima could keep it. Fetch it again from where it was pushed, or choose another checkpoint.`,
  )
}
