// Puts on the recover shelf what an operation replaced: one item for each worktree or talk that it moved.
import { sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { shelfItems } from '@/db/schema'
import { countChanges, partName, partsOf } from './operation-draft'
import type { Recording } from './operation-recording'
import { conversationRef } from './operation-restore'

/** One item for what a snapshot holds and for where the talk stood; a folder that was taken away has one of its own. */
export async function putOnShelf({ ctx, finished }: Recording): Promise<void> {
  const { operation, draft, before, outcomes } = finished
  const removed = outcomes.find((outcome) => outcome.type === 'gone' && outcome.snapshot !== null)
  const kept = removed?.type === 'gone' ? removed.snapshot : null
  const repositories = new Set<string>()
  for (const [n, part] of partsOf(draft).entries()) {
    const child = n > 0 ? draft.children?.[n - 1] : null
    const then = child ? before.children?.[n - 1] : before
    const talk = part.talk ? (then?.talk ?? null) : null
    const plan = part.effects.find((effect) => effect.type === 'files')?.plan ?? null
    const gone = n === 0 && kept ? { ...kept, ref: `refs/snapshots/${partName(operation.id, n)}` } : null
    const snapshot = then?.snapshot ?? gone
    if (!snapshot && !talk) continue
    const repositoryId = child ? (part.place?.repositoryId ?? null) : operation.repositoryId
    await ctx.db
      .insert(shelfItems)
      .values({
        id: newId(),
        ownerId: operation.ownerId,
        operationId: operation.id,
        taskId: child ? child.taskId : operation.taskId,
        repositoryId,
        worktreeId: then?.snapshot ? (part.place?.worktreeId ?? null) : null,
        ref: snapshot?.ref ?? conversationRef(child?.taskId ?? null),
        commitSha: snapshot?.sha ?? '',
        headSegmentId: talk?.segmentId ?? null,
        headSeq: talk?.seq ?? null,
        files: countChanges(plan),
        createdAt: ctx.now(),
      })
      .onConflictDoNothing()
    if (snapshot && repositoryId) repositories.add(repositoryId)
  }
  if (repositories.size === 0) return
  // Their size takes a walk through the store, and nobody waits for that.
  const [first] = repositories
  await ctx.db.execute(sql`
    select graphile_worker.add_job('finish-operation', payload => ${JSON.stringify({ operationId: operation.id })}::text::json,
      queue_name => ${`pack:${first}`}, job_key => ${`finish:${operation.id}`}, max_attempts => 3)`)
}
