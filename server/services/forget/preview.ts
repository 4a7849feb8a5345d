// Says what would go, before anything does. Reads only.
import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { OPEN_STATES } from '@/server/services/runs/run-views'
import { countErasure } from './count-erasure'
import { type Erasure, planErasure } from './erasure'
import type { ForgetPreview, ThingSubject } from './forget-inputs'
import { anyOf } from './id-list'
import { findReach, type Reach } from './reach'

/** The preview with the ids behind it. @throws AppError `not_found` */
export async function planThing(
  ctx: Context,
  subject: ThingSubject,
): Promise<{ preview: ForgetPreview; erasure: Erasure }> {
  const reach = await findReach(ctx, subject)
  const erasure = await planErasure(ctx, reach)
  const preview: ForgetPreview = {
    kind: subject.kind,
    name: reach.name,
    counts: await countErasure(ctx, erasure),
    dependents: await nameTasks(ctx, reach.dependents),
    blocked: await findObstacles(ctx, reach, erasure),
    remains: await findRemains(ctx, erasure),
    planHash: hashPlan(subject, { ...erasure, dependents: reach.dependents }),
  }
  return { preview, erasure }
}

/** Equal for the same ids: a message more in a session that goes anyway is no other plan. */
export function hashPlan(subject: object, ids: object): string {
  return createHash('sha256')
    .update(JSON.stringify([subject, ids]))
    .digest('hex')
}

async function nameTasks(ctx: Context, ids: string[]): Promise<ForgetPreview['dependents']> {
  return [
    ...(await ctx.db.execute<{ taskId: string; taskName: string; contractName: string }>(sql`
      select t.id as "taskId", t.name as "taskName", c.name as "contractName"
      from tasks t join contracts c on c.id = t.contract_id where t.id = ${anyOf(ids)} order by t.created_at, t.id`)),
  ]
}

/** Why it must wait or cannot be done, as sentences. */
async function findObstacles(ctx: Context, reach: Reach, erasure: Erasure): Promise<string[]> {
  const { tasks } = erasure
  const found: string[] = []
  const [run] = await ctx.db.execute<{ id: string }>(sql`
    select id from runs where task_id = ${anyOf(tasks)} and state = any(${sql.param([...OPEN_STATES])}::text[]) limit 1`)
  if (run) found.push(`An agent is at work in it. Stop it first (\`makima stop ${run.id}\`), then try again.`)
  const operations = await ctx.db.execute(sql`
    select from operations where state in ('queued', 'running') and (id = ${anyOf(erasure.operations)}
      or worktree_id in (select worktree_id from tasks where id = ${anyOf(tasks)})) limit 1`)
  if (operations.length > 0) found.push('An operation on it is not finished. Wait until it is done and try again.')
  const [parent] = await ctx.db.execute<{ name: string }>(sql`
    select p.name from tasks t join tasks p on p.owner_id = t.owner_id and p.agent = t.agent
      and p.native_session_id = t.native_session_id and p.native_thread = ''
    where t.id = ${anyOf(tasks)} and t.native_thread <> '' and p.id <> all(${sql.param(tasks)}::uuid[]) limit 1`)
  if (parent) {
    found.push(
      `It is a subagent of “${parent.name}”, whose own record holds what it was told and what it answered. Forget that task, or one string.`,
    )
  }
  if (reach.dependents.length > 0) {
    found.push('Other tasks were forked from it, and their conversations begin with it. Forget them too, or keep it.')
  }
  return found
}

/** What stays though it holds some of it, as sentences. */
async function findRemains(ctx: Context, erasure: Erasure): Promise<string[]> {
  const { tasks, sources, repositories } = erasure
  const home = `${ctx.env.home}/`
  const found = [...(await listAgentFiles(ctx, sources, home)), ...(await listForks(erasure))]
  const shared = await ctx.db.execute(sql`
    select from transcript_feeds f join transcript_sources s on s.id = f.source_id
    where f.task_id = ${anyOf(tasks)} and s.id <> all(${sql.param(sources)}::uuid[]) limit 1`)
  if (shared.length > 0) {
    found.push('Transcripts from which other tasks were read as well stay, with the part that they have in common.')
  }
  const code = await ctx.db.execute(sql`
    select from task_checkpoints where task_id = ${anyOf(tasks)} and repository_id <> all(${sql.param(repositories)}::uuid[]) limit 1`)
  if (code.length > 0) found.push('Files that checkpoints of other tasks hold as well stay with those.')
  found.push(
    'Your git repository, its branches and folders are yours and stay as they are.',
    'Files that were exported, and copies that others have of a share, are out of reach.',
    'Bytes that the database has let go are overwritten in time: see “Forgetting” in the README.',
  )
  return found
}

async function listAgentFiles(ctx: Context, sources: string[], home: string): Promise<string[]> {
  const rows = await ctx.db.execute<{ path: string }>(sql`
    select distinct path from transcript_sources
    where id = ${anyOf(sources)} and kind = 'file' and not starts_with(path, ${home}) order by path`)
  if (rows.length === 0) return []
  const shown = rows.slice(0, 3).map(({ path }) => path)
  const more = rows.length > 3 ? ` and ${rows.length - 3} more` : ''
  return [`The agent's own files stay where the agent keeps them: ${shown.join(', ')}${more}. Remove them there.`]
}

async function listForks({ folders }: Erasure): Promise<string[]> {
  return folders.map(
    (path) => `The folder ${path} goes only if nothing in it is unsaved; its branch stays in your repository.`,
  )
}
