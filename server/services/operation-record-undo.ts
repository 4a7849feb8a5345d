// Records an undo: which operations stand now, and which fork is gone or back.
import { eq, sql } from 'drizzle-orm'
import { operations, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { recordEvents } from './history'
import type { Details, Effect } from './operation-draft'
import { preservedBy, type Recording } from './operation-recording'
import type { Outcome } from './operation-state'
import type { Phase } from './views'

export async function recordUndo(recording: Recording, details: Details & { kind: 'undo' }) {
  const { ctx, finished, about } = recording
  const { operation, draft, outcomes } = finished
  await ctx.db.update(operations).set({ undoOf: details.undoOf }).where(eq(operations.id, operation.id))
  const first = await flipChain(ctx, operation.id, details.undoOf)
  await markWorktrees(ctx, draft.effects, outcomes)
  const fork = first ? await markFork(recording, first, details.undoOf) : {}
  const { id: operationId, summary } = operation
  await recordEvents(ctx, [
    {
      ...about,
      eventType: 'operation.undone',
      eventSubtype: details.undoneKind,
      eventData: { operationId, summary, undoOf: details.undoOf },
    },
  ])
  return { undoOf: details.undoOf, preservedAs: preservedBy(outcomes), ...fork }
}

type First = Pick<typeof operations.$inferSelect, 'id' | 'kind' | 'state' | 'undoOf' | 'result'>

/** What is undone goes; what *it* had undone stands again; and so on down the chain, to the operation that undid nothing. */
async function flipChain(ctx: Context, by: string, undone: string): Promise<First | null> {
  const { id, kind, state, undoOf, result } = operations
  let first: First | null = null
  let stands = false
  for (let at: string | null = undone, above = by; at; stands = !stands) {
    const values = stands ? { state: 'done', undoneBy: null } : { state: 'undone', undoneBy: above }
    const rows: First[] = await ctx.db
      .update(operations)
      .set(values)
      .where(eq(operations.id, at))
      .returning({ id, kind, state, undoOf, result })
    first = rows[0] ?? null
    above = at
    at = first?.undoOf ?? null
  }
  return first
}

async function markWorktrees(ctx: Context, effects: Effect[], outcomes: Outcome[]): Promise<void> {
  for (const [n, effect] of effects.entries()) {
    if (effect.type === 'remove_fork' && outcomes[n]?.type === 'gone') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = now() where removed_at is null
          and id = (select worktree_id from tasks where id = ${effect.taskId})`)
    }
    if (effect.type === 'create_fork') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = null where id = (select worktree_id from tasks where id = ${effect.taskId})`)
    }
  }
}

/** A fork that is undone says so; one that stands again is what it was before the operation that is undone now. */
async function markFork(
  { ctx, finished }: Recording,
  first: First,
  undone: string,
): Promise<{ statusBefore?: string }> {
  const taskId = (first.result as { newTaskId?: string } | null)?.newTaskId
  if (first.kind !== 'fork' || !taskId) return {}
  const gone = first.state === 'undone'
  const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, taskId))
  const [ended] = await ctx.db.select({ result: operations.result }).from(operations).where(eq(operations.id, undone))
  if (!task) return {}
  const before = (ended?.result as { statusBefore?: string } | null)?.statusBefore
  await ctx.db
    .update(tasks)
    .set({ status: gone ? 'undone' : (before ?? 'pending') })
    .where(eq(tasks.id, taskId))
  const { contractId, repositoryId, agent, name, status } = task
  const { id: operationId, summary } = finished.operation
  await recordEvents(ctx, [
    {
      eventType: gone ? 'task.undone' : 'task.redone',
      contractId,
      taskId,
      repositoryId,
      agent,
      phase: task.phase as Phase,
      eventData: { operationId, summary, name },
    },
  ])
  return gone ? { statusBefore: status } : {}
}
