// What goes, by ids: found before anything is shown, kept with the act until it is done.
import { type SQL, sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { Reach } from './reach'
import { anyOf } from './id-list'
import { type StoreRefs, findRefs } from './store-refs'

export type Erasure = {
  contracts: string[]
  tasks: string[]
  segments: string[]
  sources: string[]
  operations: string[]
  checkpoints: string[]
  /** Conversation snapshots beyond those of `tasks`. */
  snapshots: string[]
  shelfItems: string[]
  shares: string[]
  imports: string[]
  /** Known to no other contract: their stores go as a whole. */
  repositories: string[]
  worktrees: string[]
  refs: StoreRefs[]
  /** Folders of forks in the home folder. */
  folders: string[]
  /** Files in the home folder. */
  files: string[]
}

export const NOTHING: Erasure = {
  contracts: [],
  tasks: [],
  segments: [],
  sources: [],
  operations: [],
  checkpoints: [],
  snapshots: [],
  shelfItems: [],
  shares: [],
  imports: [],
  repositories: [],
  worktrees: [],
  refs: [],
  folders: [],
  files: [],
}

export async function planErasure(ctx: Context, reach: Reach): Promise<Erasure> {
  const { tasks } = reach
  const ids = async (query: SQL) => (await ctx.db.execute<{ id: string }>(query)).map(({ id }) => id)
  const inTasks = sql`task_id = ${anyOf(tasks)}`
  // One that a task goes out of and that has no other is empty: its name is that of the task.
  const emptied = await ids(sql`
    select distinct contract_id as id from tasks t where id = ${anyOf(tasks)}
      and not exists (select from tasks o where o.contract_id = t.contract_id and o.id <> all(${sql.param(tasks)}::uuid[]))`)
  const contracts = [...new Set([...reach.contracts, ...emptied])].sort()
  const inContracts = sql`contract_id = ${anyOf(contracts)}`
  const segments = await ids(sql`select id from segments where ${inTasks} order by id`)
  const sources = await findSources(ctx, reach)
  const operations = await findOperations(ctx, contracts, tasks)
  const checkpoints = await ids(sql`select id from task_checkpoints where ${inTasks} order by id`)
  const shelfItems = await ids(sql`select id from shelf_items where operation_id = ${anyOf(operations)} or ${inTasks}`)
  const shares = await ids(sql`select id from shares where ${inTasks} or ${inContracts}`)
  const imports = await findImports(ctx, sources)
  const grounds = await findGrounds(ctx, { contracts, tasks, operations })
  const parts = { contracts, tasks, segments, sources, operations, checkpoints, shelfItems, shares, imports }
  const refs = await findRefs(ctx, { ...parts, repositories: grounds.repositories })
  return { ...NOTHING, ...parts, ...grounds, refs, files: await findFiles(ctx, parts) }
}

/** The bytes of the tasks' sessions: also earlier versions and copies of them, but none that another task was read from. */
async function findSources(ctx: Context, { tasks, sources }: Reach): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    with recursive used as (
      select id from transcript_sources where task_id = ${anyOf(tasks)} or id = ${anyOf(sources)}
      union select source_id from transcript_feeds where task_id = ${anyOf(tasks)}),
    whole as (
      select id from used
      union select o.id from whole w join transcript_sources s on s.id = w.id
        join transcript_sources o on o.prefix_of = s.id or o.replaces = s.id or s.replaces = o.id)
    select s.id from whole join transcript_sources s on s.id = whole.id
    where (s.task_id is null or s.task_id = ${anyOf(tasks)})
      and not exists (select from transcript_feeds f where f.source_id = s.id and f.task_id <> all(${sql.param(tasks)}::uuid[]))
    order by s.id`)
  return rows.map(({ id }) => id)
}

/** Those of the tasks, and those of others that took them along: their plans hold names and paths of both. */
async function findOperations(ctx: Context, contracts: string[], tasks: string[]): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    with named as (select unnest(${sql.param(tasks)}::uuid[])::text as id)
    select o.id from operations o
    where o.contract_id = ${anyOf(contracts)} or o.task_id = ${anyOf(tasks)}
      or (o.owner_id = ${ctx.actor.ownerId} and o.contract_id in (select contract_id from tasks where id = ${anyOf(tasks)})
        and exists (select from named n where strpos(concat(o.input, o.plan, o.before, o.after, o.result), n.id) > 0))
    order by o.id`)
  return rows.map(({ id }) => id)
}

/** Imports that brought nothing but this. */
async function findImports(ctx: Context, sources: string[]): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    select distinct i.import_id as id from import_sources i where i.source_id = ${anyOf(sources)}
      and not exists (select from import_sources o where o.import_id = i.import_id
        and (o.source_id is null or o.source_id <> all(${sql.param(sources)}::uuid[])))`)
  return rows.map(({ id }) => id)
}

type Parts = Pick<Erasure, 'contracts' | 'tasks' | 'operations'>

/** Repositories and worktrees that nothing else knows of, and the folders of forks. */
async function findGrounds(
  ctx: Context,
  { contracts, tasks, operations }: Parts,
): Promise<Pick<Erasure, 'repositories' | 'worktrees' | 'folders'>> {
  const all = (ids: string[]) => sql`all(${sql.param(ids)}::uuid[])`
  const worktrees = await ctx.db.execute<{ id: string; path: string; kind: string; gone: boolean }>(sql`
    select id, path, kind, removed_at is not null as gone from worktrees w
    where id in (select worktree_id from tasks where id = ${anyOf(tasks)}
        union select worktree_id from operations where id = ${anyOf(operations)})
      and not exists (select from tasks where worktree_id = w.id and id <> ${all(tasks)})
      and not exists (select from task_checkpoints where worktree_id = w.id and task_id <> ${all(tasks)})
      and not exists (select from operations where worktree_id = w.id and id <> ${all(operations)})
    order by id`)
  const repositories = await ctx.db.execute<{ id: string }>(sql`
    select id from repositories r
    where id in (select repository_id from tasks where id = ${anyOf(tasks)}
        union select repository_id from contracts where id = ${anyOf(contracts)})
      and not exists (select from contracts where repository_id = r.id and id <> ${all(contracts)})
      and not exists (select from tasks where repository_id = r.id and id <> ${all(tasks)})
      and not exists (select from task_checkpoints where repository_id = r.id and task_id <> ${all(tasks)})
      and not exists (select from operations where repository_id = r.id and id <> ${all(operations)})
    order by id`)
  const folders = worktrees.filter(({ kind, gone }) => kind === 'fork' && !gone).map(({ path }) => path)
  return { repositories: repositories.map(({ id }) => id), worktrees: worktrees.map(({ id }) => id), folders }
}

/** What Makima itself wrote for them: its record of agents over the protocol, and the sample's folder. */
async function findFiles(ctx: Context, { sources, contracts }: Pick<Erasure, 'sources' | 'contracts'>) {
  const home = `${ctx.env.home}/`
  const rows = await ctx.db.execute<{ path: string }>(sql`
    select path from transcript_sources where id = ${anyOf(sources)} and kind = 'file' and starts_with(path, ${home})`)
  const isSample = await ctx.db.execute(sql`select from contracts where id = ${anyOf(contracts)} and sample`)
  const sample = isSample.length > 0 ? rows.map(({ path }) => sampleFolder(home, path)) : []
  return [...new Set([...rows.map(({ path }) => path), ...sample.filter((path) => path !== null)])].sort()
}

function sampleFolder(home: string, path: string): string | null {
  const [top, name] = path.slice(home.length).split('/')
  return top === 'sample' && name ? `${home}sample/${name}` : null
}
