// Finds the session whose approved plan another session carries out: the agent starts anew with the plan alone, so the
// two share no record, only the plan's text, the folder and the hour.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import type { SessionFacts } from '@/server/transcripts/types'
import type { PromptPlace } from './prompt-place'

const OPENING = /^Implement the following plan:\s*/
/** Enough of a plan to tell it from others; later lines may have been edited at approval. */
const TELLING_CHARACTERS = 80

/** What a session that carries out a plan is called: the plan's first line, without the marks of a heading. */
export function titleOfPlan(prompt: string): string | null {
  if (!OPENING.test(prompt)) return null
  const line = prompt
    .replace(OPENING, '')
    .split('\n')
    .map((text) => text.replace(/^#+\s*/, '').trim())
    .find((text) => text !== '')
  return line?.slice(0, 200) ?? null
}

export async function findPlanner(
  ctx: Context,
  group: { format: { agent: string }; sessionId: string },
  facts: SessionFacts,
  first: PromptPlace | undefined,
): Promise<{ taskId: string; contractId: string } | null> {
  const cwd = facts.cwds[0]?.cwd
  if (!facts.continuesPlan || !cwd || !first || first.at === null) return null
  const plan = first.preview.replace(OPENING, '').slice(0, TELLING_CHARACTERS).trim()
  if (plan.length < 10) return null
  const asJson = JSON.stringify(plan).slice(1, -1)
  const at = new Date(first.at).toISOString()
  const [found] = await ctx.db.execute<{ id: string; contract_id: string }>(sql`
    select t.id, t.contract_id from tasks t
    where t.owner_id = ${ctx.actor.ownerId} and t.agent = ${group.format.agent} and t.cwd = ${cwd} and t.native_thread = ''
      and t.native_session_id <> ${group.sessionId} and t.started_at <= ${at}::timestamptz
      and t.last_activity_at >= ${at}::timestamptz - interval '1 day'
      and exists (
        select 1 from segments g join messages m on m.segment_id = g.id
        where g.task_id = t.id and m.tool_name = 'ExitPlanMode'
          and (position(${asJson} in coalesce(m.tool_input, '')) > 0 or position(${plan} in coalesce(m.tool_result, '')) > 0)
      )
    order by t.last_activity_at desc limit 1`)
  return found ? { taskId: found.id, contractId: found.contract_id } : null
}
