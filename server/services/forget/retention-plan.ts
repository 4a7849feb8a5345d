// Finds what is older than a person keeps it. Reads only.
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { OPEN_STATES } from '@/server/services/runs/run-views'
import { countErasure } from './count-erasure'
import { type Erasure, planErasure } from './erasure'
import type { ForgetPreview } from './forget-inputs'
import { anyOf } from './id-list'
import { hashPlan } from './preview'
import { findDependents } from './reach'
import type { Retention } from './retention'
import { findCheckpointRefs, type StoreRefs } from './store-refs'

export async function planByAge(
  ctx: Context,
  settings: Retention,
): Promise<{ preview: ForgetPreview; erasure: Erasure }> {
  const tasks = await findOldTasks(ctx, settings.transcripts)
  const sources = await findOldUnread(ctx, settings.transcripts)
  const whole = await planErasure(ctx, { name: '', tasks, contracts: [], sources, dependents: [] })
  const parts = await findOldParts(ctx, settings)
  const join = (a: string[], b: readonly { id: string }[]) => [...new Set([...a, ...b.map(({ id }) => id)])].sort()
  const erasure: Erasure = {
    ...whole,
    checkpoints: join(whole.checkpoints, parts.checkpoints),
    shelfItems: join(whole.shelfItems, parts.shelfItems),
    snapshots: join(whole.snapshots, parts.snapshots),
    refs: joinRefs(
      [
        ...whole.refs,
        ...(await findCheckpointRefs(
          ctx,
          parts.checkpoints.map(({ id }) => id),
        )),
      ],
      parts.shelfItems,
    ),
  }
  const preview: ForgetPreview = {
    kind: 'retention',
    name: null,
    counts: await countErasure(ctx, erasure),
    dependents: [],
    blocked: [],
    remains: [
      'Sessions that other tasks were forked from stay as long as those do, and those with an agent or operation at work.',
      'The agents’ own files and your git repository are yours and stay as they are.',
    ],
    planHash: hashPlan(settings, erasure),
  }
  return { preview, erasure }
}

/** True for what is older than so many days. */
const isOlder = (ctx: Context, column: string, days: number): SQL =>
  sql`${sql.identifier(column)} < ${ctx.now().toISOString()}::timestamptz - make_interval(days => ${days}::int)`

/** Sessions in which nothing happened for so long, subagents included, and that nothing younger stands on. */
async function findOldTasks(ctx: Context, days: number | null): Promise<string[]> {
  if (days === null) return []
  const rows = await ctx.db.execute<{ id: string }>(sql`
    select t.id from tasks t where owner_id = ${ctx.actor.ownerId} and ${isOlder(ctx, 'last_activity_at', days)}
      and not exists (select from tasks o where o.owner_id = t.owner_id and o.agent = t.agent
        and o.native_session_id = t.native_session_id and not ${isOlderOf(ctx, days)})
      and not exists (select from runs r where r.task_id = t.id and r.state = any(${sql.param([...OPEN_STATES])}::text[]))
      and not exists (select from operations p where p.state in ('queued', 'running')
        and (p.task_id = t.id or p.worktree_id = t.worktree_id))`)
  const old = new Set(rows.map(({ id }) => id))
  for (;;) {
    const held = await findHolding(ctx, [...old])
    if (held.length === 0) return [...old].sort()
    for (const id of held) old.delete(id)
  }
}

const isOlderOf = (ctx: Context, days: number): SQL =>
  sql`o.last_activity_at < ${ctx.now().toISOString()}::timestamptz - make_interval(days => ${days}::int)`

/** Those that a task which stays was forked from, or whose session's other tasks stay. */
async function findHolding(ctx: Context, old: string[]): Promise<string[]> {
  const stays = (await findDependents(ctx, old)).filter((id) => !old.includes(id))
  if (stays.length === 0) return []
  const rows = await ctx.db.execute<{ id: string }>(sql`
    with held as (
      select p.task_id as id from segments g join segments p on p.id = g.parent_segment_id where g.task_id = ${anyOf(stays)}
      union select g.task_id from tasks t join segments g on g.id = t.head_segment_id where t.id = ${anyOf(stays)})
    select distinct o.id from held join tasks t on t.id = held.id
      join tasks o on o.id = t.id or (o.owner_id = t.owner_id and o.agent = t.agent and o.native_session_id = t.native_session_id)
    where o.id = ${anyOf(old)}`)
  return rows.map(({ id }) => id)
}

/** Transcripts that are only kept. */
async function findOldUnread(ctx: Context, days: number | null): Promise<string[]> {
  if (days === null) return []
  const rows = await ctx.db.execute<{ id: string }>(sql`
    select id from transcript_sources where owner_id = ${ctx.actor.ownerId} and task_id is null and prefix_of is null
      and replaced_at is null and ${isOlder(ctx, 'created_at', days)}`)
  return rows.map(({ id }) => id)
}

type Part = { id: string; repository: string; format: 'sha1' | 'sha256'; ref: string }

async function findOldParts(ctx: Context, settings: Retention) {
  const own = sql`owner_id = ${ctx.actor.ownerId}`
  const find = async <T extends { id: string } & Record<string, unknown>>(
    days: number | null,
    query: (older: SQL) => SQL,
  ) => (days === null ? [] : ctx.db.execute<T>(query(isOlder(ctx, 'created_at', days))))
  const format = sql`(select object_format from repositories r where r.id = repository_id) as format`
  return {
    snapshots: await find<{ id: string }>(
      settings.conversationSnapshots,
      (older) => sql`select id from conversation_snapshots where ${own} and ${older}`,
    ),
    checkpoints: await find<{ id: string }>(
      settings.codeSnapshots,
      (older) => sql`select id from task_checkpoints where ${own} and ${older}`,
    ),
    shelfItems: await find<Part>(
      settings.shelf,
      (older) => sql`
        select id, repository_id as repository, ${format}, ref from shelf_items
        where ${own} and ${older} and emptied_at is null and repository_id is not null and ref like 'refs/snapshots/%'`,
    ),
  }
}

function joinRefs(known: readonly StoreRefs[], shelf: readonly Part[]): StoreRefs[] {
  const stores = new Map<string, StoreRefs>()
  const add = ({ repositoryId, objectFormat, refs }: StoreRefs) => {
    const all = new Set([...(stores.get(repositoryId)?.refs ?? []), ...refs])
    stores.set(repositoryId, { repositoryId, objectFormat, refs: [...all].sort() })
  }
  for (const store of known) add(store)
  for (const { repository, format, ref } of shelf) {
    add({ repositoryId: repository, objectFormat: format, refs: [ref] })
  }
  return [...stores.values()]
}
