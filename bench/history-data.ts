// A year of history: events by COPY, and their counts as the product keeps them.
import { copyInto } from '@/db/copy'
import { contracts, repositories, tasks } from '@/db/schema'
import { ensureHistoryMonths } from '@/server/services/history'
import { createRandom, words } from './random'
import type { Prepared } from './world'

export const YEAR_START = Date.UTC(2025, 10, 20)
const YEAR_MS = 365 * 86_400_000
const CONTRACTS = 200
const TASKS = 2_000
const REPOSITORIES = 20

/** Kinds with their share in per mille; the last ones are as rare as they are in life. */
const TYPES: [type: string, share: number][] = [
  ['message.received', 600],
  ['checkpoint.created', 250],
  ['task.created', 60],
  ['task.completed', 50],
  ['phase.changed', 25],
  ['conversation.compacted', 8],
  ['rewind.applied', 4],
  ['fork.created', 2.5],
  ['branch.created', 0.5],
]
const PHASES: [phase: string, share: number][] = [
  ['execute', 800],
  ['plan', 120],
  ['review', 80],
]
const AGENTS: [agent: string, share: number][] = [
  ['claude-code', 850],
  ['codex', 120],
  ['gemini', 30],
]

/** The n-th id of a kind of thing, the same in every run. */
export const idOf = (kind: number, n: number) =>
  `0190${kind.toString(16).padStart(4, '0')}-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export const contractId = (n: number) => idOf(1, n)
export const taskId = (n: number) => idOf(2, n)
export const repositoryId = (n: number) => idOf(3, n)

/** Fills an empty database with `events` events over twelve months. */
export async function fillHistory(database: Prepared, events: number): Promise<void> {
  await fillWork(database)
  await ensureHistoryMonths(database.db, new Date(YEAR_START), new Date(YEAR_START + YEAR_MS))
  await copyEvents(database, events)
  await countEvents(database)
  await database.sql.unsafe('vacuum analyze history_events')
  await database.sql.unsafe('vacuum analyze history_counts')
  await database.sql.unsafe('analyze contracts, tasks')
  // Else the server writes a gigabyte of them to the disk while something else is measured.
  await database.sql.unsafe('checkpoint')
}

async function fillWork({ db, ctx }: Prepared): Promise<void> {
  const { ownerId } = ctx.actor
  const lastActivityAt = new Date(YEAR_START)
  const many = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n))
  await db.insert(repositories).values(
    many(REPOSITORIES, (n) => ({
      id: repositoryId(n),
      ownerId,
      name: `shop-${n}`,
      identity: `shop-${n}`,
      path: '/',
    })),
  )
  await db
    .insert(contracts)
    .values(many(CONTRACTS, (n) => ({ id: contractId(n), ownerId, name: `Contract ${n}`, lastActivityAt })))
  await db.insert(tasks).values(
    many(TASKS, (n) => ({
      id: taskId(n),
      ownerId,
      contractId: contractId(n % CONTRACTS),
      name: `Task ${n}`,
      agent: 'claude-code',
      lastActivityAt,
    })),
  )
}

const COLUMNS = ['id', 'owner_id', 'contract_id', 'task_id', 'repository_id', 'agent', 'event_type', 'phase']

/** Evenly over the year, unevenly over contracts: a few of them hold most of what happened. */
async function copyEvents({ db, ctx }: Prepared, events: number): Promise<void> {
  const random = createRandom(7)
  const pick = (choices: [string, number][]) => {
    let left = random.unit() * 1_000
    return choices.find(([, share]) => (left -= share) < 0)?.[0] ?? choices[0]?.[0] ?? ''
  }
  await copyInto(db, 'history_events', [...COLUMNS, 'event_data', 'created_at'], async (rows) => {
    for (let n = 0; n < events; n++) {
      const contract = Math.floor(random.unit() ** 2 * CONTRACTS)
      rows.row(10)
      rows.uuid(idOf(4, n))
      rows.uuid(ctx.actor.ownerId)
      rows.uuid(contractId(contract))
      rows.uuid(taskId(contract + CONTRACTS * random.below(TASKS / CONTRACTS)))
      rows.uuid(repositoryId(contract % REPOSITORIES))
      rows.text(pick(AGENTS))
      rows.text(pick(TYPES))
      rows.text(pick(PHASES))
      // The first byte is the version of the binary form of jsonb.
      rows.bytes(Buffer.from(`\x01${JSON.stringify({ messageId: idOf(5, n), text: words(random, 12) })}`))
      rows.moment(YEAR_START + Math.floor(((n + random.unit()) / events) * YEAR_MS))
      await rows.flush()
    }
  })
}

/** What `recordEvents` adds up event by event, for all of them at once. */
async function countEvents({ sql }: Prepared): Promise<void> {
  await sql.unsafe(`
    insert into history_counts (owner_id, scope, scope_id, day, event_type, phase, agent, n)
    select owner_id, s.scope || b.suffix, s.scope_id, b.day, event_type, coalesce(phase, ''), coalesce(agent, ''), count(*)
    from history_events e
    cross join lateral (values
      ('owner', owner_id), ('repository', repository_id), ('contract', contract_id), ('task', task_id),
      ('pair', md5(contract_id::text || repository_id::text)::uuid)
    ) as s(scope, scope_id)
    cross join lateral (values
      ('', (created_at at time zone 'UTC')::date),
      ('_month', date_trunc('month', created_at at time zone 'UTC')::date)
    ) as b(suffix, day)
    group by 1, 2, 3, 4, 5, 6, 7`)
}
