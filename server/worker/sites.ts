// Owns the folders of an operation: one for each part that has any. Opens them, and secures what is in them before anything is done.
import type { Context } from '@/server/context'
import { readHead } from '@/server/git/repository'
import { deleteSnapshot, takeSnapshot } from '@/server/git/snapshot'
import { logger } from '@/server/log'
import { type Draft, type Part, partName, partsOf } from '@/server/services/operation-draft'
import { openAnyPlace } from '@/server/services/operation-places'
import type { Before, Outcome, StoredOperation } from '@/server/services/operation-state'
import { findKnownTree } from '@/server/services/operation-known-tree'
import type { Ground } from './effects'
import type { Lease } from './lease'

/** A part of the operation with the folder it works in; `outcomes` fill up as its effects are done. */
export type Site = { part: Part; taskId: string | null; ground: Ground | null; before: Before; outcomes: Outcome[] }

/** `before` is what the journal says of an operation that was cut off. */
export async function openSites(
  ctx: Context,
  operationId: string,
  draft: Draft,
  before: Before | null,
): Promise<Site[]> {
  const known = before ? [before, ...(before.children ?? [])] : []
  const sites: Site[] = []
  for (const [n, part] of partsOf(draft).entries()) {
    const then = known[n] ?? { head: null, snapshot: null, knownTree: null, talk: null }
    const ground = part.place
      ? {
          ...(await openAnyPlace(ctx, part.place)),
          operationId: partName(operationId, n),
          snapshotSha: then.snapshot?.sha ?? null,
        }
      : null
    const taskId = n === 0 ? draft.taskId : (draft.children?.[n - 1]?.taskId ?? null)
    sites.push({ part, taskId, ground, before: then, outcomes: [] })
  }
  return sites
}

/** Notes how each is before and takes the safety snapshots: all of them, or none is left in a store. */
export async function secureSites(
  ctx: Context,
  operation: StoredOperation,
  sites: Site[],
  lease: Lease,
): Promise<Before> {
  const taken: Ground[] = []
  try {
    for (const [n, { part, taskId, ground, before }] of sites.entries()) {
      const worktreeId = n === 0 ? operation.worktreeId : (part.place?.worktreeId ?? null)
      before.head = ground ? await readHead(ground.repository) : null
      before.talk = part.talk?.from ?? null
      before.knownTree = taskId && worktreeId ? (await findKnownTree(ctx, taskId, worktreeId)).tree : null
      if (!part.snapshot || !ground || ground.repository.topLevel === null) continue
      lease.check()
      const repository = { ...ground.repository, topLevel: ground.repository.topLevel, bare: false as const }
      taken.push(ground)
      const snapshot = await takeSnapshot(ground.store, repository, ground.operationId)
      before.snapshot = { sha: snapshot.commitSha, tree: snapshot.treeSha, ref: snapshot.ref }
      ground.snapshotSha = snapshot.commitSha
    }
  } catch (error) {
    // Once another worker has taken over, what stands under this name is its snapshot, and the only copy of the state before.
    lease.check()
    for (const { store, operationId } of taken) await forget(store, operationId)
    throw error
  }
  const [first, ...children] = sites.map((site) => site.before)
  return { ...(first as Before), ...(children.length > 0 ? { children } : {}) }
}

/** Takes the snapshots of an operation out of the stores: they are equal to what is in the folders again. */
export async function forgetSnapshots(ctx: Context, operationId: string, draft: Draft): Promise<void> {
  for (const [n, { place, snapshot }] of partsOf(draft).entries()) {
    if (!place || !snapshot) continue
    const open = await openAnyPlace(ctx, place).catch(() => null)
    if (open) await forget(open.store, partName(operationId, n))
  }
}

async function forget(store: Ground['store'], name: string): Promise<void> {
  await deleteSnapshot(store, name).catch((problem: unknown) => {
    logger.warn({ snapshot: name, err: problem }, 'a snapshot that is not needed any more was left in the store')
  })
}
