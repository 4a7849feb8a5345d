// Counts what goes, for the preview and for what is logged of the act.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { Erasure } from './erasure'
import { eventsOf } from './erase-events'
import { COUNTED, type Counted, type ForgetCount } from './forget-inputs'
import { anyOf } from './id-list'

type Numbers = Partial<Record<Counted, number>>

/** In the order of their kinds, without those of which there are none. */
export function toCounts(numbers: Numbers, bytes: Numbers = {}): ForgetCount[] {
  return COUNTED.flatMap((kind) => {
    const n = numbers[kind] ?? 0
    return n > 0 ? [{ kind, n, bytes: bytes[kind] ?? null }] : []
  })
}

export async function countErasure(ctx: Context, erasure: Erasure): Promise<ForgetCount[]> {
  const { contracts, tasks, segments, sources, operations, checkpoints, shelfItems, shares } = erasure
  const [row] = await ctx.db.execute<Record<string, number>>(sql`
    select (select count(*) from messages where segment_id = ${anyOf(segments)})::int as messages,
      (select count(*) from message_search where segment_id = ${anyOf(segments)})::int as "searchRows",
      (select coalesce(sum(size), 0) from transcript_chunks where source_id = ${anyOf(sources)})::float8 as bytes,
      (select count(*) from conversation_snapshots where task_id = ${anyOf(tasks)} or id = ${anyOf(erasure.snapshots)})::int
        as "conversationSnapshots",
      (select count(*) from runs where task_id = ${anyOf(tasks)})::int as runs,
      (select count(*) from import_sources where source_id = ${anyOf(sources)})::int as imports,
      (select count(*) from history_events where ${eventsOf(erasure)})::int as events,
      (select coalesce(sum(size_bytes), 0) from shelf_items where id = ${anyOf(shelfItems)})::float8 as "shelfBytes"`)
  const { bytes = 0, shelfBytes = 0, ...counted } = row ?? {}
  const codeSnapshots = erasure.refs.reduce((sum, { refs }) => sum + refs.length, 0)
  const numbers = {
    ...counted,
    contracts: contracts.length,
    tasks: tasks.length,
    transcripts: sources.length,
    checkpoints: checkpoints.length,
    codeSnapshots,
    shelfItems: shelfItems.length,
    operations: operations.length,
    shares: shares.length,
    files: erasure.files.length + erasure.folders.length,
  }
  return toCounts(numbers, { transcripts: bytes, shelfItems: shelfBytes })
}
