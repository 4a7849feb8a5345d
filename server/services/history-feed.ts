// Events as they become visible. An event with a larger id, or of a later transaction, can be committed earlier, so a feed
// goes from one snapshot of the database to the next: what the later one sees and the earlier one did not is new, each
// event once, none left out, and no long transaction holds the others up.
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { idInput } from './inputs'
import { takeSnapshot } from './snapshot'
import type { EventView } from './views'

const PLACE = /^(\d+:\d+:[\d,]*)\|(\d+:\d+:[\d,]*)\|(\d{1,20})\|([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

export const feedInput = z.object({
  contractId: idInput.nullish(),
  taskId: idInput.nullish(),
  /** Given by the browser when it comes back: the last event it has seen. */
  lastEventId: z.string().max(4_000).nullish(),
})

/** An event, and the place behind it from which a feed can go on. */
export type FeedEntry = { place: string; event: EventView }

/** Between two snapshots, behind an event (null: before the first). */
type Step = { since: string; until: string; after: { tx: string; id: string } | null }

/** Of transaction ids. */
const LARGEST = 2n ** 63n - 1n
const BATCH = 200

function toPlace({ since, until }: Step, tx: string, id: string): string {
  return `${since}|${until}|${tx}|${id}`
}

/** @throws AppError `invalid` for what is no place in a feed. */
export function requirePlace(text: string): string {
  parsePlace(text)
  return text
}

function parsePlace(text: string): Step {
  const [, since, until, tx, id] = PLACE.exec(text) ?? []
  if (!since || !until || !tx || !id || !isSnapshot(since) || !isSnapshot(until) || BigInt(tx) > LARGEST) {
    throw new AppError('invalid', 'This event id was not given out by a feed. Start again without it.')
  }
  return { since, until, after: { tx, id } }
}

/** `lowest:next:running,…` as PostgreSQL reads it: ascending, the running ones from the lowest on and below the next. */
function isSnapshot(text: string): boolean {
  const [lowest = '', next = '', running = ''] = text.split(':')
  const ids = running === '' ? [] : running.split(',')
  if (ids.includes('')) return false
  const [first = 0n, ...rest] = [lowest, ...ids, next].map((id) => BigInt(id))
  const ascends = [first, ...rest].every((id, at, all) => at === 0 || id >= (all[at - 1] ?? 0n))
  return (
    first > 0n && ascends && BigInt(next) <= LARGEST && (ids.length === 0 || BigInt(ids.at(-1) ?? 0) < BigInt(next))
  )
}

/** The place from which a feed tells what happens from now on. */
export async function placeNow(ctx: Context): Promise<string> {
  const now = await takeSnapshot(ctx)
  return toPlace({ since: now, until: now, after: null }, '0', '00000000-0000-0000-0000-000000000000')
}

type Row = Omit<EventView, 'createdAt'> & { at: number; tx: string }

async function readStep(ctx: Context, filter: z.infer<typeof feedInput>, step: Step): Promise<FeedEntry[]> {
  const { since, until, after } = step
  const rows = await ctx.db.execute<Row>(sql`
    select e.id, e.event_type as "eventType", e.event_subtype as "eventSubtype", e.phase, e.agent,
      e.contract_id as "contractId", c.name as "contractName", e.task_id as "taskId", t.name as "taskName",
      e.repository_id as "repositoryId", e.event_data as "eventData",
      (extract(epoch from e.created_at) * 1000)::float8 as at, e.tx::text as tx
    from history_events e
    left join contracts c on c.id = e.contract_id
    left join tasks t on t.id = e.task_id
    where e.owner_id = ${ctx.actor.ownerId}
      and e.tx >= pg_snapshot_xmin(${since}::text::pg_snapshot) and e.tx < pg_snapshot_xmax(${until}::text::pg_snapshot)
      and not pg_visible_in_snapshot(e.tx, ${since}::text::pg_snapshot)
      and pg_visible_in_snapshot(e.tx, ${until}::text::pg_snapshot)
      ${after ? sql`and (e.tx, e.id) > (${after.tx}::text::xid8, ${after.id}::uuid)` : sql``}
      ${filter.contractId ? sql`and e.contract_id = ${filter.contractId}` : sql``}
      ${filter.taskId ? sql`and e.task_id = ${filter.taskId}` : sql``}
    order by e.tx, e.id limit ${BATCH}`)
  return rows.map(({ at, tx, ...event }) => ({
    place: toPlace(step, tx, event.id),
    event: { ...event, createdAt: new Date(at) },
  }))
}

/** Everything of a step, a batch at a time. */
async function* readAll(ctx: Context, filter: z.infer<typeof feedInput>, begin: Step): AsyncGenerator<FeedEntry> {
  let step = begin
  for (;;) {
    const batch = await readStep(ctx, filter, step)
    yield* batch
    const last = batch.at(-1)
    if (!last || batch.length < BATCH) return
    step = { ...step, after: parsePlace(last.place).after }
  }
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
  const left = input.lastEventId ? parsePlace(input.lastEventId) : null
  let since: string | null = null
  for await (const _ of hints) {
    if (since === null && left) {
      yield* readAll(ctx, input, left)
      since = left.until
    }
    const until = await takeSnapshot(ctx)
    if (since !== null) yield* readAll(ctx, input, { since, until, after: null })
    since = until
  }
}
