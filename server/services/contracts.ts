// Contracts: the list, one with its tasks, a name and a star. Making them is in contract-creation.ts.
import { and, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { contracts, repositories } from '@/db/schema'
import { executePrepared } from '@/db/prepared'
import { findSparks } from './contract-sparks'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { decodeCursor, encodeCursor } from './cursors'
import { cursorInput, idInput, limitInput } from './inputs'
import { createFolderCheck, listContractTasks, toRepositoryView } from './tasks'
import type { ContractDetail, ContractView, Page, Phase } from './views'

export const contractListInput = z.object({
  search: z.string().trim().max(200).nullish(),
  repositoryId: idInput.nullish(),
  status: z.string().max(40).nullish(),
  agent: z.string().max(60).nullish(),
  starred: z.boolean().nullish(),
  sort: z.enum(['activity', 'name', 'cost', 'tokens']).default('activity'),
  cursor: cursorInput,
  limit: limitInput,
})
export const renameInput = z.object({
  id: idInput,
  name: z.string().trim().min(1, 'A contract needs a name').max(200, 'A name has at most 200 characters'),
})
export const starInput = z.object({ id: idInput, starred: z.boolean() })

const TOKENS = sql`(tokens_input + tokens_output + tokens_cache_read + tokens_cache_write)`

/** As the database writes a time, in the years that it reads again. */
const TIME = /^(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d)?$/
const isTime = (text: string) =>
  TIME.test(text) && z.iso.datetime({ local: true }).safeParse(text.slice(0, 19).replace(' ', 'T')).success
const isSum = (text: string) => /^\d{1,18}$/.test(text)
const isCost = (text: string) => /^\d{1,15}(\.\d{1,20})?(e[+-]\d{1,2})?$/.test(text)

/** For each order: what it sorts by, its type, its direction. Ids break ties in the same direction. */
const ORDERS = {
  activity: { key: sql`last_activity_at`, type: 'timestamptz', direction: 'desc', before: '<', isValue: isTime },
  name: { key: sql`lower(name)`, type: 'text', direction: 'asc', before: '>', isValue: () => true },
  cost: { key: sql`cost_usd`, type: 'float8', direction: 'desc', before: '<', isValue: isCost },
  tokens: { key: TOKENS, type: 'int8', direction: 'desc', before: '<', isValue: isSum },
} as const

const cursorShape = z.tuple([z.string(), z.string(), z.uuid()])

/** Contracts that fit, in the chosen order. Totals and cursor belong to the same filters and order. */
export async function listContracts(
  ctx: Context,
  input: z.input<typeof contractListInput> = {},
): Promise<Page<ContractView>> {
  const filter = contractListInput.parse(input)
  const { key, type, direction, before, isValue } = ORDERS[filter.sort]
  const where = sql.join(
    [
      sql`owner_id = ${ctx.actor.ownerId}`,
      ...(filter.search
        ? [sql`(name ilike ${toPattern(filter.search)} or goal ilike ${toPattern(filter.search)})`]
        : []),
      ...(filter.repositoryId ? [sql`repository_id = ${filter.repositoryId}`] : []),
      ...(filter.status ? [sql`status = ${filter.status}`] : []),
      ...(filter.agent ? [sql`${filter.agent} = any(agents)`] : []),
      ...(filter.starred ? [sql`starred`] : []),
    ],
    sql` and `,
  )
  let after = sql``
  if (filter.cursor) {
    const [sort, value, id] = decodeCursor(cursorShape, filter.cursor)
    if (sort !== filter.sort || !isValue(value))
      throw new AppError('invalid', 'This cursor belongs to another order. Start again without it.')
    after = sql` and (${key}, id) ${sql.raw(before)} (${value}::text::${sql.raw(type)}, ${id}::uuid)`
  }
  const [rows, [total]] = await Promise.all([
    executePrepared<{ id: string; value: string }>(
      ctx.db,
      sql`
      select id, ${key}::text as value from contracts where ${where}${after}
      order by ${key} ${sql.raw(direction)}, id ${sql.raw(direction)} limit ${filter.limit + 1}`,
    ),
    executePrepared<{ n: number }>(ctx.db, sql`select count(*)::int as n from contracts where ${where}`),
  ])
  const page = rows.slice(0, filter.limit)
  const last = page.at(-1)
  return {
    entries: await viewContracts(
      ctx,
      page.map((row) => row.id),
    ),
    nextCursor: rows.length > filter.limit && last ? encodeCursor([filter.sort, last.value, last.id]) : null,
    previousCursor: null,
    totalCount: total?.n ?? 0,
  }
}

function toPattern(search: string): string {
  return `%${search.replace(/[\\%_]/g, '\\$&')}%`
}

/** The contracts with these ids, in this order. */
async function viewContracts(ctx: Context, ids: string[]): Promise<ContractView[]> {
  if (ids.length === 0) return []
  const rows = await ctx.db
    .select({ contract: contracts, repository: repositories })
    .from(contracts)
    .leftJoin(repositories, eq(repositories.id, contracts.repositoryId))
    .where(and(eq(contracts.ownerId, ctx.actor.ownerId), sql`${contracts.id} = any(${sql.param(ids)}::uuid[])`))
    .prepare('contracts')
    .execute()
  const sparks = await findSparks(
    ctx,
    rows.map(({ contract }) => contract),
  )
  const exists = createFolderCheck()
  const views = new Map<string, ContractView>()
  for (const { contract, repository } of rows) {
    const { tokensInput, tokensOutput, tokensCacheRead, tokensCacheWrite } = contract
    views.set(contract.id, {
      id: contract.id,
      name: contract.name,
      goal: contract.goal,
      phase: contract.phase as Phase,
      status: contract.status,
      repository: repository ? await toRepositoryView(repository, exists) : null,
      supervisorTaskId: contract.supervisorTaskId,
      agents: contract.agents,
      starred: contract.starred,
      sample: contract.sample,
      taskCount: contract.taskCount,
      checkpointCount: contract.checkpointCount,
      messageCount: contract.messageCount,
      tokens: {
        input: tokensInput,
        output: tokensOutput,
        cacheRead: tokensCacheRead,
        cacheWrite: tokensCacheWrite,
      },
      costUsd: contract.costUsd,
      createdAt: contract.createdAt,
      lastActivityAt: contract.lastActivityAt,
      spark: sparks.get(contract.id) ?? [],
    })
  }
  return ids.map((id) => views.get(id)).filter((view) => view !== undefined)
}

/** One contract with all its tasks. Throws `not_found`. */
export async function getContract(ctx: Context, input: { id: string }): Promise<ContractDetail> {
  const { maxParallel, maxTurns, maxCostUsd } = contracts
  const [[contract], tasks, [limits]] = await Promise.all([
    viewContracts(ctx, [input.id]),
    listContractTasks(ctx, input.id),
    ctx.db.select({ maxParallel, maxTurns, maxCostUsd }).from(contracts).where(eq(contracts.id, input.id)),
  ])
  if (!contract || !limits) throw new AppError('not_found', 'There is no contract with this id.')
  return { ...contract, tasks, limits }
}

/** A person's name stays when the contract is imported again. */
export function renameContract(ctx: Context, input: z.infer<typeof renameInput>): Promise<ContractView> {
  return update(ctx, input.id, { name: input.name, renamed: true })
}

export function starContract(ctx: Context, input: z.infer<typeof starInput>): Promise<ContractView> {
  return update(ctx, input.id, { starred: input.starred })
}

async function update(ctx: Context, id: string, values: Partial<typeof contracts.$inferInsert>): Promise<ContractView> {
  await ctx.db
    .update(contracts)
    .set(values)
    .where(and(eq(contracts.id, id), eq(contracts.ownerId, ctx.actor.ownerId)))
  const [contract] = await viewContracts(ctx, [id])
  if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
  return contract
}

/** Throws `not_found` for an id that is no contract. */
export async function requireContract(ctx: Context, input: { id: string }) {
  const [contract] = await ctx.db
    .select({ id: contracts.id, supervisorTaskId: contracts.supervisorTaskId })
    .from(contracts)
    .where(and(eq(contracts.id, input.id), eq(contracts.ownerId, ctx.actor.ownerId)))
    .prepare('contract')
    .execute()
  if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
  return contract
}

/** The task that leads a contract. Throws `not_found` when there is none. */
export async function requireSupervisor(ctx: Context, input: { id: string }): Promise<string> {
  const { supervisorTaskId } = await requireContract(ctx, input)
  if (supervisorTaskId === null) {
    throw new AppError('not_found', 'This contract has no supervisor task. Choose one of its tasks instead.')
  }
  return supervisorTaskId
}
