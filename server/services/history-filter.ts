// Owns what a timeline can be narrowed to, and how that reads in SQL for the events and for their counts.
import { and, eq, type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { cursorInput, idInput, limitInput, momentInput, phaseInput } from './inputs'

export const historyFilter = z.object({
  contractId: idInput.nullish(),
  taskId: idInput.nullish(),
  repositoryId: idInput.nullish(),
  /** Kinds that nobody knows match nothing; they are no error, so that an old link still opens. */
  eventTypes: z.array(z.string().max(100)).max(100).nullish(),
  phases: z.array(phaseInput).nullish(),
  agents: z.array(z.string().max(60)).max(100).nullish(),
  /** From this moment on. */
  from: momentInput.nullish(),
  /** Up to, not including, this moment. */
  to: momentInput.nullish(),
})
export const historyListInput = historyFilter.extend({
  cursor: cursorInput,
  /** `forward` and `backward` are what a list that pages both ways calls them in the browser. */
  direction: z
    .enum(['older', 'newer', 'forward', 'backward'])
    .transform((value) => (value === 'newer' || value === 'backward' ? 'newer' : 'older'))
    .default('older'),
  limit: limitInput,
})

export type HistoryFilter = z.infer<typeof historyFilter>

/** Where the counts of a filter's place lie, and the index that reads its events. */
export type Scope = {
  name: 'owner' | 'repository' | 'contract' | 'task' | 'pair'
  id: SQL
  /** The events of this scope, as a condition on `e` that an index begins with. */
  where: SQL
  /** True when the counts say nothing of this mix of places (a task together with a contract or repository). */
  uncounted: boolean
}

export function scopeOf(ctx: Context, filter: HistoryFilter): Scope {
  const { contractId, taskId, repositoryId } = filter
  const ownerId = sql`${ctx.actor.ownerId}::uuid`
  const contract = sql`e.contract_id = ${contractId}::uuid`
  const repository = sql`e.repository_id = ${repositoryId}::uuid`
  // Only the narrowest condition is left to an index. Written as a choice, the others lead to none, and are taken to hold
  // for half the rows, which is near the truth: a task and its contract nearly always go together.
  const where = (first: SQL, ...others: (SQL | false)[]) =>
    sql.join(
      [first, ...[sql`e.owner_id = ${ownerId}`, ...others.filter((other) => other !== false)].map(asTest)],
      sql` and `,
    )
  if (taskId) {
    return {
      name: 'task',
      id: sql`${taskId}::uuid`,
      where: where(
        sql`e.task_id = ${taskId}::uuid`,
        Boolean(contractId) && contract,
        Boolean(repositoryId) && repository,
      ),
      uncounted: Boolean(contractId || repositoryId),
    }
  }
  if (contractId && repositoryId) {
    return {
      name: 'pair',
      id: sql`md5(${contractId}::uuid::text || ${repositoryId}::uuid::text)::uuid`,
      where: where(contract, repository),
      uncounted: false,
    }
  }
  if (contractId) return { name: 'contract', id: sql`${contractId}::uuid`, where: where(contract), uncounted: false }
  if (repositoryId) {
    return { name: 'repository', id: sql`${repositoryId}::uuid`, where: where(repository), uncounted: false }
  }
  return { name: 'owner', id: ownerId, where: sql`e.owner_id = ${ownerId}`, uncounted: false }
}

/** A task says more than its contract: when it belongs to the contract asked for, the contract need not be looked at. */
export async function narrowPlace<T extends HistoryFilter>(ctx: Context, filter: T): Promise<T> {
  if (!filter.taskId || !filter.contractId) return filter
  const own = and(eq(tasks.id, filter.taskId), eq(tasks.contractId, filter.contractId))
  const [task] = await ctx.db.select({ id: tasks.id }).from(tasks).where(own)
  return task ? { ...filter, contractId: null } : filter
}

const asTest = (condition: SQL) => sql`case when ${condition} then true else false end`

/** True when the filter chooses by kind, phase or agent. */
export function isMixed(filter: HistoryFilter): boolean {
  return [filter.eventTypes, filter.phases, filter.agents].some((list) => list && list.length > 0)
}

/** The choice by kind, phase and agent, for a table whose columns are these. */
export function mixWhere(filter: HistoryFilter, columns: { type: SQL; phase: SQL; agent: SQL }): SQL {
  const parts: SQL[] = []
  const add = (column: SQL, values: readonly string[] | null | undefined) => {
    if (!values || values.length === 0) return
    parts.push(sql`${column} = any(${sql.param(values)}::text[])`)
  }
  add(columns.type, filter.eventTypes)
  add(columns.phase, filter.phases)
  add(columns.agent, filter.agents)
  return parts.length === 0 ? sql`true` : sql.join(parts, sql` and `)
}

export const COUNT_COLUMNS = { type: sql`event_type`, phase: sql`phase`, agent: sql`agent` }
export const EVENT_COLUMNS = { type: sql`e.event_type`, phase: sql`e.phase`, agent: sql`e.agent` }
