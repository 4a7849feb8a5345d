// Takes the rows of what goes out of every table, in the order in which they refer to each other.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { sumContract } from '@/server/services/import/totals'
import { eraseEvents, eventsOf } from './erase-events'
import type { Erasure } from './erasure'
import { anyOf } from './id-list'

/** In the transaction that `ctx.db` is in. */
export async function eraseRows(ctx: Context, erasure: Erasure): Promise<void> {
  const left = await listLeftContracts(ctx, erasure)
  const thinned = await listThinnedContracts(ctx, erasure)
  await eraseEvents(ctx, eventsOf(erasure))
  await eraseImports(ctx, erasure)
  await eraseAnswers(ctx, erasure)
  await eraseConversations(ctx, erasure)
  await eraseWork(ctx, erasure)
  for (const contract of left) await mendContract(ctx, contract, erasure.tasks)
  for (const id of thinned) await sumContract(ctx, id)
}

/** Contracts that lose checkpoints only. */
async function listThinnedContracts(ctx: Context, { checkpoints, tasks }: Erasure): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    select distinct contract_id as id from task_checkpoints
    where id = ${anyOf(checkpoints)} and task_id <> all(${sql.param(tasks)}::uuid[])`)
  return rows.map(({ id }) => id)
}

async function listLeftContracts(ctx: Context, { tasks, contracts }: Erasure) {
  return ctx.db.execute<{ id: string; supervisor: string | null; renamed: boolean }>(sql`
    select distinct c.id, c.supervisor_task_id as supervisor, c.renamed from tasks t join contracts c on c.id = t.contract_id
    where t.id = ${anyOf(tasks)} and c.id <> all(${sql.param(contracts)}::uuid[])`)
}

/** Their notes name contracts, their sources files. */
async function eraseImports(ctx: Context, { sources, imports, contracts }: Erasure): Promise<void> {
  const run = (query: ReturnType<typeof sql>) => ctx.db.execute(query)
  await run(sql`delete from import_sources where source_id = ${anyOf(sources)} or import_id = ${anyOf(imports)}`)
  await run(sql`delete from imports where id = ${anyOf(imports)}`)
  await run(sql`
    update imports i set notes = coalesce((select jsonb_agg(n) from jsonb_array_elements(i.notes) n
      where not exists (select from contracts c where c.id = ${anyOf(contracts)} and strpos(n #>> '{}', c.name) > 0)), '[]')
    where i.owner_id = ${ctx.actor.ownerId} and exists (select from contracts c
      where c.id = ${anyOf(contracts)} and strpos(i.notes::text, substr(to_jsonb(c.name)::text, 2, length(to_jsonb(c.name)::text) - 2)) > 0)`)
}

/** What was answered once is kept for retries, and names what it was about. */
async function eraseAnswers(ctx: Context, { contracts, tasks, operations, shares }: Erasure): Promise<void> {
  const named = [...contracts, ...tasks, ...operations, ...shares]
  await ctx.db.execute(sql`
    delete from idempotency_keys k where owner_id = ${ctx.actor.ownerId}
      and exists (select from unnest(${sql.param(named)}::text[]) n where strpos(k.response::text, n) > 0)`)
  // Cascades to its pages.
  await ctx.db.execute(sql`delete from shares where id = ${anyOf(shares)}`)
}

async function eraseConversations(ctx: Context, { tasks, segments, sources, snapshots }: Erasure): Promise<void> {
  const run = (query: ReturnType<typeof sql>) => ctx.db.execute(query)
  await run(sql`delete from message_search where segment_id = ${anyOf(segments)}`)
  await run(sql`delete from messages where segment_id = ${anyOf(segments)}`)
  await run(sql`delete from transcript_feeds where task_id = ${anyOf(tasks)}`)
  await run(sql`delete from transcript_chunks where source_id = ${anyOf(sources)}`)
  await run(
    sql`update transcript_sources set task_id = null where task_id = ${anyOf(tasks)} and id <> all(${sql.param(sources)}::uuid[])`,
  )
  await run(sql`update transcript_sources set replaces = null where replaces = ${anyOf(sources)}`)
  await run(sql`delete from transcript_sources where id = ${anyOf(sources)}`)
  await run(sql`delete from conversation_snapshots where task_id = ${anyOf(tasks)} or id = ${anyOf(snapshots)}`)
  await run(
    sql`update task_checkpoints set conversation_snapshot_id = null where conversation_snapshot_id = ${anyOf(snapshots)}`,
  )
  await run(sql`delete from segments where id = ${anyOf(segments)}`)
}

async function eraseWork(ctx: Context, erasure: Erasure): Promise<void> {
  const { tasks, contracts, operations, checkpoints, shelfItems, worktrees, repositories } = erasure
  const run = (query: ReturnType<typeof sql>) => ctx.db.execute(query)
  await run(sql`delete from runs where task_id = ${anyOf(tasks)}`)
  await run(sql`delete from native_sessions where task_id = ${anyOf(tasks)}`)
  await run(sql`delete from shelf_items where id = ${anyOf(shelfItems)} and operation_id = ${anyOf(operations)}`)
  // Its operation stays, and is told that it cannot be undone.
  await run(sql`update shelf_items set emptied_at = coalesce(emptied_at, now()) where id = ${anyOf(shelfItems)}`)
  await run(sql`delete from task_checkpoints where id = ${anyOf(checkpoints)}`)
  await run(sql`delete from operations where id = ${anyOf(operations)}`)
  await run(
    sql`update tasks set parent_task_id = null where parent_task_id = ${anyOf(tasks)} and id <> all(${sql.param(tasks)}::uuid[])`,
  )
  await run(sql`update tasks set forked_from_task_id = null, fork_point = null
    where forked_from_task_id = ${anyOf(tasks)} and id <> all(${sql.param(tasks)}::uuid[])`)
  await run(
    sql`update tasks set continue_from_task_id = null where continue_from_task_id = ${anyOf(tasks)} and id <> all(${sql.param(tasks)}::uuid[])`,
  )
  await run(sql`delete from tasks where id = ${anyOf(tasks)}`)
  await run(sql`delete from contracts where id = ${anyOf(contracts)}`)
  await run(sql`delete from worktrees where id = ${anyOf(worktrees)} or repository_id = ${anyOf(repositories)}`)
  await run(sql`delete from repositories where id = ${anyOf(repositories)}`)
}

/** A contract that other tasks stay in: it was called after its first session unless a person gave it a name. */
async function mendContract(
  ctx: Context,
  { id, supervisor, renamed }: { id: string; supervisor: string | null; renamed: boolean },
  gone: string[],
): Promise<void> {
  await sumContract(ctx, id)
  if (supervisor === null || !gone.includes(supervisor)) return
  await ctx.db.execute(sql`
    update contracts set supervisor_task_id = null,
      name = case when ${renamed} then name else (select name from tasks where contract_id = ${id} order by created_at, id limit 1) end
    where id = ${id}`)
  if (renamed) return
  await eraseEvents(ctx, sql`contract_id = ${id} and event_type = 'contract.created'`)
}
