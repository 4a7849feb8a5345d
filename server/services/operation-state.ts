// Owns what the journal keeps of an operation's two ends, so that it can be undone and a crash can be resolved.
import { and, eq } from 'drizzle-orm'
import { operations } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { HeadState } from '@/server/git/types'
import type { Draft, Head } from './operation-draft'
import type { OperationKind } from './operation-inputs'

/** The state before anything was done. */
export type Before = {
  head: HeadState | null
  snapshot: { sha: string; tree: string; ref: string } | null
  /** The tree the task was known to have left before. */
  knownTree: string | null
  talk: Head | null
  /** The same of each child part, in the order of the draft's. */
  children?: Before[]
}

/** What one effect left behind, in the order of the draft's effects. */
export type Outcome =
  | { type: 'files'; tree: string; changed: number; kept: number; failed: { path: string; reason: string }[] }
  | { type: 'branch'; name: string; sha: string }
  | { type: 'stash'; sha: string }
  | { type: 'fork'; folder: string; branch: string | null; sha: string }
  | {
      type: 'capture'
      commitSha: string
      treeSha: string
      baseHead: string | null
      branch: string | null
      files: number
      additions: number
      deletions: number
      notCovered: { path: string; reason: string }[]
    }
  /** A branch, stash entry or folder that was taken away; `kept` says why it was not. */
  | { type: 'gone'; kept: string | null; snapshot: { sha: string; tree: string } | null }

/** The state afterwards. `tree` is the worktree as read back. */
export type After = {
  tree: string | null
  knownTree: string | null
  talk: Head | null
  outcomes: Outcome[]
  /** The same of each child part, in the order of the draft's. */
  children?: (After & { taskId: string; worktreeId: string | null })[]
}

export type StoredOperation = Omit<typeof operations.$inferSelect, 'plan' | 'before' | 'after' | 'kind'> & {
  kind: OperationKind
  plan: Draft | null
  before: Before | null
  after: After | null
}

/** The whole row with plan and journal. @throws AppError `not_found` */
export async function getStoredOperation(ctx: Context, id: string): Promise<StoredOperation> {
  const [row] = await ctx.db
    .select()
    .from(operations)
    .where(and(eq(operations.ownerId, ctx.actor.ownerId), eq(operations.id, id)))
  if (!row) throw new AppError('not_found', 'There is no operation with this id.')
  return row as StoredOperation
}
