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
  await flipChain(ctx, operation.id, details.undoOf)
  await markWorktrees(ctx, draft.effects, outcomes)
  const swapped = await swapStatuses(recording, details.undoOf)
  const { id: operationId, summary } = operation
  await recordEvents(ctx, [
    {
      ...about,
      eventType: 'operation.undone',
      eventSubtype: details.undoneKind,
      eventData: { operationId, summary, undoOf: details.undoOf },
    },
  ])
  return { undoOf: details.undoOf, preservedAs: preservedBy(outcomes), ...swapped }
}

type Statuses = Record<string, string>

/** What is undone goes; what *it* had undone stands again; and so on down the chain. */
async function flipChain(ctx: Context, by: string, undone: string): Promise<void> {
  let stands = false
  for (let at: string | null = undone, above = by; at; stands = !stands) {
    const values = stands ? { state: 'done', undoneBy: null } : { state: 'undone', undoneBy: above }
    const rows: { undoOf: string | null }[] = await ctx.db
      .update(operations)
      .set(values)
      .where(eq(operations.id, at))
      .returning({ undoOf: operations.undoOf })
    above = at
    at = rows[0]?.undoOf ?? null
  }
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

/**
 * Tasks that the operation stopped, or the fork it made, get the status that its undo gives them. Answers with the statuses
 * that an undo of this undo gives back.
 */
async function swapStatuses({ ctx, finished }: Recording, undone: string): Promise<{ statuses?: Statuses }> {
  const [ended] = await ctx.db
    .select({ kind: operations.kind, result: operations.result })
    .from(operations)
    .where(eq(operations.id, undone))
  const result = ended?.result as { statuses?: Statuses; newTaskId?: string } | null
  const made = ended?.kind === 'fork' && result?.newTaskId ? { [result.newTaskId]: 'undone' } : {}
  const wanted = Object.entries({ ...result?.statuses, ...made })
  const statuses: Statuses = {}
  const { id: operationId, summary } = finished.operation
  for (const [taskId, status] of wanted) {
    const [task] = await ctx.db.select().from(tasks).where(eq(tasks.id, taskId))
    if (!task) continue
    statuses[taskId] = task.status
    await ctx.db.update(tasks).set({ status }).where(eq(tasks.id, taskId))
    if (status !== 'undone' && task.status !== 'undone') continue
    const { contractId, repositoryId, agent, name } = task
    await recordEvents(ctx, [
      {
        eventType: status === 'undone' ? 'task.undone' : 'task.redone',
        contractId,
        taskId,
        repositoryId,
        agent,
        phase: task.phase as Phase,
        eventData: { operationId, summary, name },
      },
    ])
  }
  return wanted.length > 0 ? { statuses } : {}
}
