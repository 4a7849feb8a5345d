// The part of an act that lies in the database: what is to be done, the rows that go in one transaction, and its end.
import { and, eq, inArray, sql } from 'drizzle-orm'
import { forgettings } from '@/db/forget-tables'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { type EventType, recordEvents } from '@/server/services/history'
import { eraseRows } from './erase-rows'
import type { Erasure } from './erasure'
import { type Subject, subjectInput } from './forget-inputs'
import { MOVED, toNumbers } from './forget'
import { enqueueForgetting, enqueueRetention } from './forget-queue'
import { anyOf } from './id-list'
import { decrypt } from './home-key'
import { waitForImports } from './import-gate'
import { markString } from './keyed-strings'
import { planThing } from './preview'
import { plainMatcher } from './blank'
import type { Retention } from './retention'
import { planByAge } from './retention-plan'
import { spellingsOf } from './spellings'
import { blankStringChunks } from './string-chunks'
import { planString } from './string-plan'
import { blankStringRows } from './string-rows'
import { markCommits, markErasure } from './tombstones'

export type Act = typeof forgettings.$inferSelect

/** Null when it is at its end already. */
export async function beginAct(ctx: Context, id: string): Promise<Act | null> {
  const [row] = await ctx.db
    .update(forgettings)
    .set({ state: 'running', startedAt: sql`coalesce(started_at, now())` })
    .where(and(eq(forgettings.id, id), inArray(forgettings.state, ['queued', 'running'])))
    .returning()
  return row ?? null
}

/**
 * Erases the rows and remembers what else is to go, all or nothing. Answers at once when a try before this one did it.
 * @throws AppError `conflict` when the plan is not the one that was confirmed.
 */
export async function eraseThing(ctx: Context, act: Act): Promise<Erasure> {
  if (act.plan !== null) return act.plan as Erasure
  const subject = subjectOf(ctx, act)
  if (subject.kind === 'string') throw new Error('a string is not erased by its ids')
  return withTransaction(ctx, async (tx) => {
    const { preview, erasure } = await planThing(tx, subject)
    await lockSessions(tx, erasure)
    if (preview.planHash !== act.planHash) throw new AppError('conflict', MOVED)
    const [obstacle] = preview.blocked
    if (obstacle) throw new AppError('conflict', obstacle)
    const contractId = await findLeftContract(tx, erasure)
    await markErasure(tx, act.id, erasure)
    await eraseRows(tx, erasure)
    const counts = toNumbers(preview.counts)
    await recordAct(tx, act, counts, contractId)
    await tx.db.update(forgettings).set({ plan: erasure, counts, step: 'stores' }).where(eq(forgettings.id, act.id))
    return erasure
  })
}

export function subjectOf(ctx: Context, act: Act): Subject {
  const string = act.needle === null ? undefined : decrypt(ctx, act.needle)
  return subjectInput.parse({ kind: act.kind, id: act.subjectId, string, ...(act.options as object) })
}

/**
 * The same for a string: blanks rows and kept bytes, and takes out checkpoints whose files hold it.
 * @throws AppError `conflict` when the plan is not the one that was confirmed.
 */
export async function eraseString(ctx: Context, act: Act): Promise<Erasure> {
  if (act.plan !== null) return act.plan as Erasure
  const subject = subjectOf(ctx, act)
  if (subject.kind !== 'string') throw new Error(`a ${subject.kind} is no string`)
  const spellings = spellingsOf(subject.string)
  return withTransaction(ctx, async (tx) => {
    // From here on no session is written that has not been looked through.
    await waitForImports(tx)
    const { preview, erasure } = await planString(tx, subject)
    if (preview.planHash !== act.planHash) throw new AppError('conflict', MOVED)
    const [obstacle] = preview.blocked
    if (obstacle) throw new AppError('conflict', obstacle)
    await markString(tx, act.id, spellings)
    await markCommits(tx, act.id, erasure.checkpoints)
    await eraseRows(tx, erasure)
    await blankStringChunks(tx, plainMatcher(spellings))
    await blankStringRows(tx, spellings)
    const counts = toNumbers(preview.counts)
    await recordAct(tx, act, counts, null)
    await tx.db.update(forgettings).set({ plan: erasure, counts, step: 'stores' }).where(eq(forgettings.id, act.id))
    return erasure
  })
}

/** The same for what has become too old; what else is too old by now goes with it. */
export async function eraseByAge(ctx: Context, act: Act): Promise<Erasure> {
  if (act.plan !== null) return act.plan as Erasure
  return withTransaction(ctx, async (tx) => {
    const { preview, erasure } = await planByAge(tx, act.options as Retention)
    await lockSessions(tx, erasure)
    await markErasure(tx, act.id, erasure)
    await markCommits(tx, act.id, erasure.checkpoints)
    await eraseRows(tx, erasure)
    const counts = toNumbers(preview.counts)
    await recordAct(tx, act, counts, null)
    await tx.db.update(forgettings).set({ plan: erasure, counts, step: 'stores' }).where(eq(forgettings.id, act.id))
    return erasure
  })
}

/** Imports of these sessions wait until the transaction is over, and then find them forgotten. */
async function lockSessions(ctx: Context, { tasks }: Erasure): Promise<void> {
  const rows = await ctx.db.execute<{ key: string }>(sql`
    select distinct 'session:' || agent || ':' || native_session_id as key from tasks
    where id = ${anyOf(tasks)} and native_session_id is not null order by 1`)
  for (const { key } of rows) await ctx.db.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`)
}

/** Of a task whose contract stays: there its act is told. */
async function findLeftContract(ctx: Context, { tasks, contracts }: Erasure): Promise<string | null> {
  const [row] = await ctx.db.execute<{ id: string }>(sql`
    select contract_id as id from tasks where id = ${anyOf(tasks)} and contract_id <> all(${sql.param(contracts)}::uuid[]) limit 1`)
  return row?.id ?? null
}

async function recordAct(
  ctx: Context,
  act: Act,
  counts: Record<string, number>,
  contractId: string | null,
): Promise<void> {
  const eventType = EVENTS[act.kind]
  if (!eventType) throw new Error(`nothing tells of ${act.kind} being forgotten`)
  await recordEvents(ctx, [{ eventType, contractId, eventData: { forgettingId: act.id, counts } }])
}

type ForgottenEvent = Extract<EventType, `${string}.forgotten` | 'retention.applied'>
const EVENTS: Record<string, ForgottenEvent> = {
  contract: 'contract.forgotten',
  task: 'task.forgotten',
  transcript: 'transcript.forgotten',
  string: 'string.forgotten',
  retention: 'retention.applied',
}

export async function noteStep(ctx: Context, id: string, step: string): Promise<void> {
  await ctx.db.update(forgettings).set({ step }).where(eq(forgettings.id, id))
}

/** From now on only kinds, counts and ids are known of it. */
export async function endAct(ctx: Context, id: string, remains: string[]): Promise<void> {
  await ctx.db
    .update(forgettings)
    .set({ state: 'done', step: null, plan: null, needle: null, remains, finishedAt: ctx.now() })
    .where(eq(forgettings.id, id))
}

/** Nothing was erased. */
export async function failAct(ctx: Context, id: string, sentence: string): Promise<void> {
  await ctx.db
    .update(forgettings)
    .set({ state: 'failed', step: null, plan: null, needle: null, error: sentence, finishedAt: ctx.now() })
    .where(eq(forgettings.id, id))
}

/** At the start of a worker: an act whose job was given up is taken up again, and what has become too old is looked for. */
export async function enqueueUnfinished(ctx: Context): Promise<void> {
  const rows = await ctx.db
    .select({ id: forgettings.id })
    .from(forgettings)
    .where(inArray(forgettings.state, ['queued', 'running']))
  for (const { id } of rows) await enqueueForgetting(ctx, id)
  await enqueueRetention(ctx, 0)
}

/** Rows that are gone leave their bytes until this; the planner learns of the new sizes too. */
export async function vacuum(ctx: Context): Promise<void> {
  await ctx.db.execute(sql`
    vacuum (analyze) messages, message_search, segments, transcript_chunks, transcript_sources, transcript_feeds,
      conversation_snapshots, tasks, contracts, task_checkpoints, operations, shelf_items, shares, share_pages, runs,
      native_sessions, imports, import_sources, idempotency_keys, history_events, history_counts, repositories, worktrees,
      forgettings`)
}
