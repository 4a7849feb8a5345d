// Records what became of child tasks that followed their supervisor, and of those that were left aside.
import { and, inArray } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { type NewEvent, recordEvents } from './history'
import { type ChildPart, countChanges, type Part } from './operation-draft'
import { preservedBy, type Recording } from './operation-recording'
import type { After, Outcome } from './operation-state'
import type { Phase } from './views'

/** How a part is once it is done. */
export function afterOf({ knownTree, talk }: Part, outcomes: Outcome[]): After {
  const files = outcomes.find((outcome) => outcome.type === 'files')
  return { tree: files?.tree ?? null, knownTree, talk: talk?.to ?? null, outcomes }
}

/** What the answer to a person says of children: how many followed, with how many files, and each one's messages by its id. */
export function childTotals(parts: ChildPart[], outcomes: Outcome[][]) {
  const files = outcomes.flat().reduce((sum, outcome) => sum + (outcome.type === 'files' ? outcome.changed : 0), 0)
  const childMessages = Object.fromEntries(parts.map((part) => [part.taskId, part.talk?.count ?? 0]))
  return { children: parts.length, childFiles: files, childMessages }
}

/** An event in the history of each child that was moved, and how each is afterwards. */
export async function recordChildren({ ctx, finished }: Recording): Promise<NonNullable<After['children']>> {
  const { operation, draft, childOutcomes } = finished
  const parts = draft.children ?? []
  if (parts.length === 0) return []
  const ids = parts.map((part) => part.taskId)
  const rows = await ctx.db.select().from(tasks).where(inArray(tasks.id, ids))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const { id: operationId, summary } = operation
  const undoOf = draft.details.kind === 'undo' ? draft.details.undoOf : null
  const events = parts.flatMap((part, n): NewEvent[] => {
    const task = byId.get(part.taskId)
    if (!task) return []
    const { contractId, id: taskId, repositoryId, agent } = task
    const about = { contractId, taskId, repositoryId, agent, phase: task.phase as Phase }
    if (undoOf) return [{ ...about, eventType: 'operation.undone', eventData: { operationId, summary, undoOf } }]
    const plan = part.effects.find((effect) => effect.type === 'files')?.plan ?? null
    return [
      {
        ...about,
        eventType: 'rewind.applied',
        eventSubtype: plan && part.talk ? 'both' : plan ? 'code' : 'conversation',
        eventData: {
          operationId,
          summary,
          files: countChanges(plan),
          messages: part.talk?.count ?? 0,
          preserved: preservedBy(childOutcomes[n] ?? []),
        },
      },
    ]
  })
  await recordEvents(ctx, events)
  return parts.map((part, n) => ({
    ...afterOf(part, childOutcomes[n] ?? []),
    taskId: part.taskId,
    worktreeId: part.place?.worktreeId ?? null,
  }))
}

/** Stops tasks that began after the moment. Answers with what an undo gives back: their statuses by id; null when none was at work. */
export async function setAside(ctx: Context, ids: string[]): Promise<Record<string, string> | null> {
  if (ids.length === 0) return null
  const open = and(inArray(tasks.id, ids), inArray(tasks.status, ['pending', 'running', 'paused']))
  const rows = await ctx.db.select({ id: tasks.id, status: tasks.status }).from(tasks).where(open).for('update')
  if (rows.length === 0) return null
  const stopped = rows.map((row) => row.id)
  await ctx.db.update(tasks).set({ status: 'interrupted' }).where(inArray(tasks.id, stopped))
  return Object.fromEntries(rows.map((row) => [row.id, row.status]))
}
