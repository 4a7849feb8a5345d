// Owns how what was forgotten is known again: keyed hashes of ids, sessions, prompts and beginnings, never the things themselves.
import { sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { tombstones } from '@/db/forget-tables'
import type { Context } from '@/server/context'
import { insertRows } from '@/server/services/import/insert-rows'
import { readStoredBlocks } from '@/server/services/import/stored-bytes'
import { beginningSizes, readBeginning } from './beginning'
import type { Erasure } from './erasure'
import { keyedHash } from './home-key'
import { anyOf } from './id-list'

/** A copy of a conversation in another session (a fork) begins with its prompts; these many from the start are remembered. */
const PROMPTS = 50
/** Shorter ids, such as numbers, may be those of other prompts too. */
const LEAST_ID = 16

export type Mark = {
  kind: 'contract' | 'task' | 'session' | 'thread' | 'prompt' | 'prefix' | 'commit'
  hash: Buffer
  size?: number
}

export const sessionMark = (ctx: Context, agent: string, sessionId: string): Mark => ({
  kind: 'session',
  hash: keyedHash(ctx, 'session', agent, sessionId),
})

export const threadMark = (ctx: Context, agent: string, sessionId: string, thread: string): Mark => ({
  kind: 'thread',
  hash: keyedHash(ctx, 'thread', agent, sessionId, thread),
})

export const promptMark = (ctx: Context, agent: string, nativeId: string): Mark => ({
  kind: 'prompt',
  hash: keyedHash(ctx, 'prompt', agent, nativeId),
})

export const idMark = (ctx: Context, kind: 'contract' | 'task', id: string): Mark => ({
  kind,
  hash: keyedHash(ctx, kind, id),
})

/** Of the longest beginning only when it is stored, of all when it is looked for. */
export const beginningMarks = (ctx: Context, beginning: Buffer): Mark[] =>
  beginningSizes(beginning.length).map((size) => ({
    kind: 'prefix',
    hash: keyedHash(ctx, 'prefix', beginning.subarray(0, size)),
    size,
  }))

/** Written in the transaction that erases: from then on nothing of it comes back. */
export async function markErasure(ctx: Context, forgettingId: string, erasure: Erasure): Promise<void> {
  const marks = [
    ...erasure.contracts.map((id) => idMark(ctx, 'contract', id)),
    ...erasure.tasks.map((id) => idMark(ctx, 'task', id)),
    ...(await listSessionMarks(ctx, erasure)),
    ...(await listPromptMarks(ctx, erasure)),
    ...(await listSourceMarks(ctx, erasure)),
  ]
  await writeMarks(ctx, forgettingId, marks)
}

async function writeMarks(ctx: Context, forgettingId: string, marks: readonly Mark[]): Promise<void> {
  const rows = marks.map(({ kind, hash, size }) => ({
    id: newId(),
    ownerId: ctx.actor.ownerId,
    forgettingId,
    kind,
    hash,
    size: size ?? null,
  }))
  await insertRows(ctx.db, rows, (some) => ctx.db.insert(tombstones).values(some).onConflictDoNothing())
}

async function listSessionMarks(ctx: Context, { tasks }: Erasure): Promise<Mark[]> {
  const rows = await ctx.db.execute<{ agent: string; session: string; thread: string }>(sql`
    select agent, native_session_id as session, native_thread as thread from tasks
    where id = ${anyOf(tasks)} and native_session_id is not null
    union select agent, native_session_id, '' from native_sessions where task_id = ${anyOf(tasks)}`)
  return rows.map(({ agent, session, thread }) =>
    thread === '' ? sessionMark(ctx, agent, session) : threadMark(ctx, agent, session, thread),
  )
}

/** Only of conversations that begin in what goes: the prompts of a fork's origin are not its own. */
async function listPromptMarks(ctx: Context, { segments }: Erasure): Promise<Mark[]> {
  const rows = await ctx.db.execute<{ agent: string; id: string }>(sql`
    select distinct t.agent, m.native_id as id from segments g join tasks t on t.id = g.task_id
      cross join lateral (select native_id from messages where segment_id = g.id and native_id is not null
        and length(native_id) >= ${LEAST_ID} and kind in ('prompt', 'command') order by seq limit ${PROMPTS}) m
    where g.id = ${anyOf(segments)} and g.parent_segment_id is null and t.native_thread = ''`)
  return rows.map(({ agent, id }) => promptMark(ctx, agent, id))
}

/** A source that names its session is known by it, one that does not by how it begins. */
async function listSourceMarks(ctx: Context, { sources }: Erasure): Promise<Mark[]> {
  type Row = { holder: string; agent: string; session: string | null; named: boolean; bytes: number }
  const rows = await ctx.db.execute<Row>(sql`
    select coalesce(prefix_of, id) as holder, agent, native_session_id as session, bytes::float8 as bytes,
      native_session_id is not null and native_session_id <> path as named
    from transcript_sources where id = ${anyOf(sources)}`)
  const marks: Mark[] = []
  for (const { holder, agent, session, named, bytes } of rows) {
    if (named && session !== null && agent === 'unknown') marks.push(sessionMark(ctx, agent, session))
    if (named && agent !== 'unknown') continue
    const blocks = readStoredBlocks(ctx.db, holder, 0, bytes)
    const beginning = await readBeginning(bytesOf(blocks))
    marks.push(...beginningMarks(ctx, beginning.subarray(0, bytes)).slice(0, 1))
  }
  return marks
}

async function* bytesOf(blocks: AsyncIterable<{ bytes: Buffer }>): AsyncGenerator<Buffer> {
  for await (const { bytes } of blocks) yield bytes
}

export const commitMark = (ctx: Context, taskId: string, sha: string): Mark => ({
  kind: 'commit',
  hash: keyedHash(ctx, 'commit', taskId, sha),
})

/** Checkpoints that go while their task stays: the commit in the person's repository makes none again. */
export async function markCommits(ctx: Context, forgettingId: string, checkpoints: readonly string[]): Promise<void> {
  const rows = await ctx.db.execute<{ task: string; sha: string }>(
    sql`select task_id as task, commit_sha as sha from task_checkpoints where id = ${anyOf(checkpoints)} and kind = 'commit'`,
  )
  await writeMarks(
    ctx,
    forgettingId,
    rows.map(({ task, sha }) => commitMark(ctx, task, sha)),
  )
}

/** Which of these are remembered. */
export async function findMarks(ctx: Context, marks: readonly Mark[]): Promise<Set<Mark>> {
  if (marks.length === 0) return new Set()
  const hashes = [...new Set(marks.map(({ hash }) => hash.toString('hex')))]
  const rows = await ctx.db.execute<{ kind: string; hash: string }>(sql`
    select kind, encode(hash, 'hex') as hash from tombstones
    where owner_id = ${ctx.actor.ownerId} and hash in (select decode(h, 'hex') from unnest(${sql.param(hashes)}::text[]) h)`)
  const found = new Set(rows.map(({ kind, hash }) => `${kind} ${hash}`))
  return new Set(marks.filter(({ kind, hash }) => found.has(`${kind} ${hash.toString('hex')}`)))
}
