// Whether an agent has passed what a person allowed it: dollars and model turns.
import { and, eq, gte, sql } from 'drizzle-orm'
import { contracts } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { RunSettings } from '@/server/services/runs/request-run'
import type { RunRow } from '@/server/services/runs/run-log'

/** A sentence for the person when a limit is passed, else null. */
export async function passesLimit(ctx: Context, run: RunRow): Promise<string | null> {
  const { maxCostUsd, maxTurns } = run.settings as RunSettings
  const whole = await passesContractLimit(ctx, run)
  if (whole !== null) return whole
  if (maxCostUsd === null && maxTurns === null) return null
  const [spent] = await ctx.db
    .select({
      cost: sql<number>`coalesce(sum(${messages.costUsd}), 0)::float8`,
      turns: sql<number>`count(distinct ${messages.nativeMessageId})::int`,
    })
    .from(messages)
    .innerJoin(segments, eq(segments.id, messages.segmentId))
    .where(and(eq(segments.taskId, run.taskId), gte(messages.at, run.startedAt ?? run.createdAt)))
  if (!spent) return null
  if (maxCostUsd !== null && spent.cost > maxCostUsd) {
    return `The agent was stopped: it has cost $${spent.cost.toFixed(2)}, and $${maxCostUsd.toFixed(2)} was allowed.`
  }
  if (maxTurns !== null && spent.turns > maxTurns) {
    return `The agent was stopped: it has taken ${spent.turns} turns, and ${maxTurns} were allowed.`
  }
  return null
}

async function passesContractLimit(ctx: Context, run: RunRow): Promise<string | null> {
  const [contract] = await ctx.db
    .select({ cost: contracts.costUsd, most: contracts.maxCostUsd })
    .from(contracts)
    .where(eq(contracts.id, run.contractId))
  if (!contract || contract.most === null || contract.cost <= contract.most) return null
  return `The agent was stopped: the contract has cost $${contract.cost.toFixed(2)}, and $${contract.most.toFixed(2)} was allowed.`
}
