// Events in the order in which they became visible. An event with a larger id can be committed earlier, so a feed goes
// by the writing transaction and reads only what no open transaction can still come before.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { idInput } from './inputs'
import type { EventView } from './views'

export const feedInput = z.object({
  contractId: idInput.nullish(),
  taskId: idInput.nullish(),
  /** Given by the browser when it comes back: the last event it has seen. */
  lastEventId: z.string().max(100).nullish(),
})

/** The transaction that wrote an event, and the event. */
export type FeedPlace = { tx: string; id: string }
export type FeedEntry = { place: string; event: EventView }

const PLACE = /^(\d{1,20}):([0-9a-f-]{36})$/
const FIRST_ID = '00000000-0000-0000-0000-000000000000'
const BATCH = 200

/** Throws `invalid` for an id that no feed has given out. */
export function parseFeedPlace(text: string): FeedPlace {
  const [, tx, id] = PLACE.exec(text) ?? []
  if (!tx || !id) throw new AppError('invalid', 'This event id was not given out by a feed. Start again without it.')
  return { tx, id }
}

/** The place after everything that is settled now. */
export async function findFeedEnd(ctx: Context): Promise<FeedPlace> {
  const [row] = await ctx.db.execute<{ tx: string }>(sql`select pg_snapshot_xmin(pg_current_snapshot())::text as tx`)
  return { tx: row?.tx ?? '0', id: FIRST_ID }
}

type Row = Omit<EventView, 'createdAt'> & { at: number; tx: string }

/** Up to 200 settled events after `after`, in feed order; fewer means that the feed has caught up. */
export async function readFeed(
  ctx: Context,
  filter: { contractId?: string | null; taskId?: string | null },
  after: FeedPlace,
): Promise<FeedEntry[]> {
  const rows = await ctx.db.execute<Row>(sql`
    select e.id, e.event_type as "eventType", e.event_subtype as "eventSubtype", e.phase, e.agent,
      e.contract_id as "contractId", c.name as "contractName", e.task_id as "taskId", t.name as "taskName",
      e.repository_id as "repositoryId", e.event_data as "eventData",
      (extract(epoch from e.created_at) * 1000)::float8 as at, e.tx::text as tx
    from history_events e
    left join contracts c on c.id = e.contract_id
    left join tasks t on t.id = e.task_id
    where e.owner_id = ${ctx.actor.ownerId}
      and (e.tx, e.id) > (${after.tx}::text::xid8, ${after.id}::uuid)
      and e.tx < pg_snapshot_xmin(pg_current_snapshot())
      ${filter.contractId ? sql`and e.contract_id = ${filter.contractId}` : sql``}
      ${filter.taskId ? sql`and e.task_id = ${filter.taskId}` : sql``}
    order by e.tx, e.id limit ${BATCH}`)
  return rows.map(({ at, tx, ...event }) => ({
    place: `${tx}:${event.id}`,
    event: { ...event, createdAt: new Date(at) },
  }))
}

/**
 * Events from `lastEventId` on (without it: from now on), each once and none left out. `hints` says when to look; it
 * must have begun to listen before its first value, and its end is the end of the feed.
 */
export async function* followHistory(
  ctx: Context,
  input: z.infer<typeof feedInput>,
  hints: AsyncIterable<void>,
): AsyncGenerator<FeedEntry> {
  let place = input.lastEventId ? parseFeedPlace(input.lastEventId) : null
  for await (const _ of hints) {
    place ??= await findFeedEnd(ctx)
    let batch: FeedEntry[]
    do {
      batch = await readFeed(ctx, input, place)
      for (const entry of batch) {
        yield entry
        place = parseFeedPlace(entry.place)
      }
    } while (batch.length === BATCH)
  }
}
