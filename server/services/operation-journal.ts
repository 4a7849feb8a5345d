// The journal: every write of a worker to its operation, each refused unless the worker still holds the fence.
import { and, eq, isNull, sql } from 'drizzle-orm'
import { operations } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { type AppError, isAppError } from '@/server/errors'
import { recordEvents } from './history'
import { OPERATIONS_CHANNEL } from './operation-log'
import type { After, Before, StoredOperation } from './operation-state'
import type { Draft } from './operation-draft'

/** How long a worker may be silent before its operation is taken over. Its heartbeat is far shorter. */
export const LEASE_SECONDS = 30

export type Step = 'planned' | 'snapshot_taken' | 'files_applied' | 'verified' | 'recorded'

/** Another worker took the operation over: stop at once, write nothing. */
export class FenceLost extends Error {
  override readonly name = 'FenceLost'
}

/** The worktree is held by another running operation; ask again later. */
export class WorktreeBusy extends Error {
  override readonly name = 'WorktreeBusy'
}

/**
 * Takes a waiting operation, or one whose worker is gone: its lease ran out, or (`ownAgain`) it was this daemon's before it
 * was started anew. Null when it is finished or somebody else's.
 */
export async function claimOperation(
  ctx: Context,
  id: string,
  daemonId: string,
  ownAgain: boolean,
): Promise<StoredOperation | null> {
  try {
    const [row] = await ctx.db
      .update(operations)
      .set({
        state: 'running',
        daemonId,
        fence: sql`${operations.fence} + 1`,
        leaseUntil: sql`now() + make_interval(secs => ${LEASE_SECONDS})`,
        startedAt: sql`coalesce(${operations.startedAt}, now())`,
      })
      .where(
        and(
          eq(operations.id, id),
          isNull(operations.importedAt),
          sql`(${operations.state} = 'queued' or (${operations.state} = 'running'
            and (${operations.leaseUntil} < now() or (${ownAgain} and ${operations.daemonId} = ${daemonId}))))`,
        ),
      )
      .returning()
    return (row as StoredOperation | undefined) ?? null
  } catch (error) {
    if (isUniqueViolation(error)) throw new WorktreeBusy()
    throw error
  }
}

/** True while the fence holds. */
export async function renewLease(ctx: Context, id: string, fence: number): Promise<boolean> {
  const rows = await ctx.db
    .update(operations)
    .set({ leaseUntil: sql`now() + make_interval(secs => ${LEASE_SECONDS})` })
    .where(held(id, fence))
    .returning({ id: operations.id })
  return rows.length === 1
}

/** Writes down how far it came. @throws FenceLost */
export async function writeStep(
  ctx: Context,
  id: string,
  fence: number,
  step: Step,
  values: { plan?: Draft; before?: Before; after?: After } = {},
): Promise<void> {
  const rows = await ctx.db
    .update(operations)
    .set({ step, ...values, leaseUntil: sql`now() + make_interval(secs => ${LEASE_SECONDS})` })
    .where(held(id, fence))
    .returning({ id: operations.id })
  if (rows.length === 0) throw new FenceLost()
}

/** The last write, joined to the transaction of what the operation records. @throws FenceLost */
export async function markDone(
  tx: Context,
  id: string,
  fence: number,
  values: { after: After; result: Record<string, unknown> },
): Promise<void> {
  const rows = await tx.db
    .update(operations)
    .set({ ...values, state: 'done', step: 'recorded', leaseUntil: null, finishedAt: sql`now()` })
    .where(held(id, fence))
    .returning({ id: operations.id })
  if (rows.length === 0) throw new FenceLost()
  await tx.db.execute(sql`select pg_notify(${OPERATIONS_CHANNEL}, ${id})`)
}

const UNKNOWN = 'Something went wrong that was not foreseen; everything is as before. The log says more.'

/**
 * Ends an operation as failed with a sentence, and tells it on the timeline. `record` adds what else belongs to it.
 * @throws FenceLost
 */
export async function markFailed(
  ctx: Context,
  operation: StoredOperation,
  error: unknown,
  record: (tx: Context) => Promise<void> = async () => {},
): Promise<void> {
  const known: AppError | null = isAppError(error) ? error : null
  const [errorCode, reason] = known ? [known.code, known.message] : ['internal', UNKNOWN]
  const { id, fence, kind, contractId, taskId, repositoryId, summary } = operation
  await withTransaction(ctx, async (tx) => {
    const rows = await tx.db
      .update(operations)
      .set({ state: 'failed', errorCode, error: reason, leaseUntil: null, finishedAt: sql`now()` })
      .where(held(id, fence))
      .returning({ id: operations.id })
    if (rows.length === 0) throw new FenceLost()
    const about = { contractId, taskId, repositoryId }
    if (kind === 'rewind' || kind === 'conversation_rewind') {
      await recordEvents(tx, [
        { ...about, eventType: 'rewind.failed', eventData: { operationId: id, summary, reason } },
      ])
    } else if (kind === 'checkpoint') {
      await recordEvents(tx, [{ ...about, eventType: 'checkpoint.failed', eventData: { operationId: id, reason } }])
    } else {
      await recordEvents(tx, [
        { ...about, eventType: 'operation.failed', eventData: { operationId: id, summary, kind, reason } },
      ])
    }
    await record(tx)
    await tx.db.execute(sql`select pg_notify(${OPERATIONS_CHANNEL}, ${id})`)
  })
}

/** Operations that a worker left behind: this daemon's from before it was started, or anybody's whose lease ran out. */
export async function listAbandoned(ctx: Context, daemonId: string, ownAgain: boolean): Promise<string[]> {
  const rows = await ctx.db
    .select({ id: operations.id })
    .from(operations)
    .where(
      sql`${operations.state} = 'running' and (${operations.leaseUntil} is null or ${operations.leaseUntil} < now()
        or (${ownAgain} and ${operations.daemonId} = ${daemonId}))`,
    )
    .orderBy(operations.createdAt)
  return rows.map((row) => row.id)
}

function held(id: string, fence: number) {
  return and(eq(operations.id, id), eq(operations.fence, fence), eq(operations.state, 'running'))
}

function isUniqueViolation(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if ('code' in at && at.code === '23505') return true
  return false
}
