// Records an undo: which operations stand now, and which fork is gone or back.
import { eq, sql } from 'drizzle-orm'
import { operations, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { recordEvents } from './history'
import type { Details } from './operation-draft'
import { preservedBy, type Recording } from './operation-recording'

export async function recordUndo({ ctx, finished, about }: Recording, details: Details & { kind: 'undo' }) {
  const { operation, draft, outcomes } = finished
  await ctx.db.update(operations).set({ undoOf: details.undoOf }).where(eq(operations.id, operation.id))
  await flipChain(ctx, operation.id, details.undoOf)
  for (const [n, effect] of draft.effects.entries()) {
    const outcome = outcomes[n]
    if (effect.type === 'remove_fork' && outcome?.type === 'gone') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = now() where removed_at is null
          and id = (select worktree_id from tasks where id = ${effect.taskId})`)
      await ctx.db.update(tasks).set({ status: 'interrupted' }).where(eq(tasks.id, effect.taskId))
    }
    if (effect.type === 'create_fork') {
      await ctx.db.execute(sql`
        update worktrees set removed_at = null where id = (select worktree_id from tasks where id = ${effect.taskId})`)
      await ctx.db.update(tasks).set({ status: 'pending' }).where(eq(tasks.id, effect.taskId))
    }
  }
  const { id: operationId, summary } = operation
  await recordEvents(ctx, [
    {
      ...about,
      eventType: 'operation.undone',
      eventSubtype: details.undoneKind,
      eventData: { operationId, summary, undoOf: details.undoOf },
    },
  ])
  return { undoOf: details.undoOf, preservedAs: preservedBy(outcomes) }
}

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
