// Which tasks go with what is to be forgotten: a session's subagents always, forks only when they are asked for.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { ThingSubject } from './forget-inputs'
import { anyOf } from './id-list'

export type Reach = {
  name: string
  tasks: string[]
  /** Of the subject itself; a transcript that no task was read from has one and no tasks. */
  contracts: string[]
  sources: string[]
  /** Tasks whose conversations go through the segments of `tasks` and that are not among them. */
  dependents: string[]
}

/** @throws AppError `not_found` */
export async function findReach(ctx: Context, subject: ThingSubject): Promise<Reach> {
  const start = await findStart(ctx, subject)
  const tasks = new Set(await withThreads(ctx, start.tasks))
  for (;;) {
    const dependents = (await findDependents(ctx, [...tasks])).filter((id) => !tasks.has(id))
    if (dependents.length === 0 || !subject.forks) {
      return { ...start, tasks: [...tasks].sort(), dependents: dependents.sort() }
    }
    for (const id of await withThreads(ctx, dependents)) tasks.add(id)
  }
}

type Start = Omit<Reach, 'dependents'>

async function findStart(ctx: Context, { kind, id }: ThingSubject): Promise<Start> {
  const own = sql`owner_id = ${ctx.actor.ownerId} and id = ${id}`
  if (kind === 'transcript') return findTranscript(ctx, id)
  const [row] = await ctx.db.execute<{ name: string }>(
    kind === 'contract' ? sql`select name from contracts where ${own}` : sql`select name from tasks where ${own}`,
  )
  if (!row) throw new AppError('not_found', `There is no ${kind} with this id.`)
  if (kind === 'task') return { name: row.name, tasks: [id], contracts: [], sources: [] }
  const tasks = await ctx.db.execute<{ id: string }>(sql`select id from tasks where contract_id = ${id}`)
  return { name: row.name, tasks: tasks.map((task) => task.id), contracts: [id], sources: [] }
}

/** A transcript goes with the tasks that were read from it: a conversation with holes would be no conversation. */
async function findTranscript(ctx: Context, id: string): Promise<Start> {
  const [row] = await ctx.db.execute<{ path: string }>(
    sql`select path from transcript_sources where owner_id = ${ctx.actor.ownerId} and id = ${id}`,
  )
  if (!row) throw new AppError('not_found', 'There is no transcript with this id.')
  const tasks = await ctx.db.execute<{ id: string }>(sql`
    select task_id as id from transcript_sources where id = ${id} and task_id is not null
    union select g.task_id from transcript_feeds f join segments g on g.task_id = f.task_id
      join messages m on m.segment_id = g.id and ${id} in (m.source_id, m.result_source_id) where f.source_id = ${id}`)
  return { name: row.path, tasks: tasks.map((task) => task.id), contracts: [], sources: [id] }
}

/** The subagents of these sessions, at any depth. */
async function withThreads(ctx: Context, tasks: readonly string[]): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    with recursive found as (
      select id, owner_id, agent, native_session_id, native_thread from tasks where id = ${anyOf(tasks)}
      union select t.id, t.owner_id, t.agent, t.native_session_id, t.native_thread from tasks t join found f
        on t.owner_id = f.owner_id and t.agent = f.agent and t.native_thread <> '' and
          ((f.native_thread = '' and t.native_session_id = f.native_session_id) or t.parent_task_id = f.id))
    select distinct id from found`)
  return rows.map(({ id }) => id)
}

/** Tasks whose conversations go through the segments of these; they themselves may be among them. */
export async function findDependents(ctx: Context, tasks: readonly string[]): Promise<string[]> {
  const rows = await ctx.db.execute<{ id: string }>(sql`
    with own as (select id from segments where task_id = ${anyOf(tasks)})
    select g.task_id as id from segments g join own on own.id = g.parent_segment_id
    union select t.id from tasks t join own on own.id = t.head_segment_id`)
  return rows.map(({ id }) => id)
}
