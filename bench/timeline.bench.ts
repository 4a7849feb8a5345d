// A page of the timeline over a million events under many filters, beside the plain query for the same rows.
import type { Fragment } from 'postgres'
import type { z } from 'zod'
import type { Sql } from '@/db/client'
import { encodePlace } from '@/server/services/cursors'
import type { historyListInput } from '@/server/services/history-filter'
import { listHistory } from '@/server/services/history-list'
import { contractId, fillHistory, repositoryId, taskId } from './history-data'
import { type Line, median, ratios, timed } from './report'
import type { Prepared, World } from './world'

export const title = 'A page of the timeline'

type Filter = Omit<z.input<typeof historyListInput>, 'cursor' | 'limit' | 'direction'>

const PAGE = 100
const DEEP = 1_000

const FILTERS: Record<string, Filter> = {
  'no filter': {},
  'one type': { eventTypes: ['message.received'] },
  'rare type': { eventTypes: ['branch.created'] },
  phase: { phases: ['review'] },
  agent: { agents: ['codex'] },
  'rare agent': { agents: ['gemini'] },
  contract: { contractId: contractId(0) },
  'small contract': { contractId: contractId(199) },
  task: { taskId: taskId(0) },
  repository: { repositoryId: repositoryId(3) },
  'half a year': { from: '2026-02-03T04:05:06Z', to: '2026-08-09T10:11:12Z' },
  'half a day': { from: '2026-05-03T04:05:06Z', to: '2026-05-03T16:05:06Z' },
  'type + phase': { eventTypes: ['checkpoint.created'], phases: ['review'] },
  'type + phase + agent': { eventTypes: ['rewind.applied', 'fork.created'], phases: ['plan'], agents: ['codex'] },
  'contract + types': { contractId: contractId(0), eventTypes: ['checkpoint.created', 'rewind.applied'] },
  'contract + phase': { contractId: contractId(0), phases: ['review'] },
  'task + type': { taskId: taskId(0), eventTypes: ['checkpoint.created'] },
  'repository + type': { repositoryId: repositoryId(3), eventTypes: ['branch.created'] },
  'repository + contract': { repositoryId: repositoryId(3), contractId: contractId(3) },
  'half a year + type + phase': {
    from: '2026-02-03T04:05:06Z',
    to: '2026-08-09T10:11:12Z',
    eventTypes: ['task.completed'],
    phases: ['plan', 'review'],
  },
}

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const events = world.quick ? 50_000 : 1_000_000
  const database = await world.createDatabase('timeline')
  const filling = await timed(() => fillHistory(database, events))
  world.say(`timeline: ${events.toLocaleString('en')} events are there`)
  const lines: Line[] = []
  for (const [name, filter] of Object.entries(FILTERS)) {
    lines.push(...(await measureFilter(database, name, filter, world.quick ? 5 : 15)))
  }
  const trips: number[] = []
  for (let n = 0; n < 50; n++) trips.push(await timed(() => database.sql`select 1`))
  await database.close()
  return {
    lines,
    notes: [
      `${events.toLocaleString('en')} events over 12 months, filled in ${(filling / 1000).toFixed(0)} s; times are those of the service, queries included`,
      `for scale: \`select 1\` there and back took ${median(trips).toFixed(2)} ms; a page is two queries`,
      'where a filter has fewer than 1,000 pages, its last whole page stands for the thousandth',
    ],
  }
}

async function measureFilter(database: Prepared, name: string, filter: Filter, rounds: number): Promise<Line[]> {
  const { ctx, sql } = database
  const where = conditionOf(sql, filter)
  const yardstick = await measurePlain(sql, where, rounds >= 15 ? 3 : 1)
  const first = await listHistory(ctx, filter)
  if (first.totalCount !== yardstick.count) {
    throw new Error(`${name}: the timeline counts ${first.totalCount} events, the table ${yardstick.count}`)
  }
  const page = Math.min(DEEP, Math.floor(first.totalCount / PAGE))
  const cursor = page > 1 ? await findCursor(sql, where, (page - 1) * PAGE - 1) : null
  const [shallow, deep]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    shallow.push(await timed(() => listHistory(ctx, filter)))
    if (cursor) deep.push(await timed(() => listHistory(ctx, { ...filter, cursor })))
  }
  const plain = { name: 'plain', measure: { unit: 'ms' as const, samples: yardstick.samples } }
  const lines: Line[] = [
    {
      name: `${name}, page 1 of ${Math.ceil(first.totalCount / PAGE).toLocaleString('en')}`,
      ours: { unit: 'ms', samples: shallow },
      yardstick: plain,
      ratio: ratios([median(shallow)], [median(yardstick.samples)]),
      target: { text: '< 10 ms', reached: median(shallow) < 10 },
    },
  ]
  if (cursor) {
    const slower = median(deep) / median(shallow)
    lines.push({
      name: `${name}, page ${page.toLocaleString('en')}`,
      ours: { unit: 'ms', samples: deep },
      yardstick: { name: 'page 1', measure: { unit: 'ms', samples: shallow } },
      ratio: [slower],
      target: { text: '< 10 ms and ≤ 1.5 ×', reached: median(deep) < 10 && slower <= 1.5 },
    })
  }
  return lines
}

/** What a list does that knows no better: newest 100 of what fits, and how many fit. */
async function measurePlain(sql: Sql, where: Fragment, rounds: number) {
  const samples: number[] = []
  let count = 0
  for (let round = 0; round < rounds; round++) {
    samples.push(
      await timed(async () => {
        await sql`select * from history_events where ${where} order by created_at desc limit ${PAGE}`
        const [row] = await sql<{ n: number }[]>`select count(*)::float8 as n from history_events where ${where}`
        count = row?.n ?? 0
      }),
    )
  }
  return { samples, count }
}

/** The cursor that paging would have arrived at after the event at this position. */
async function findCursor(sql: Sql, where: Fragment, position: number): Promise<string> {
  const [row] = await sql<{ id: string; at: Date }[]>`
    select id, created_at as at from history_events where ${where}
    order by created_at desc, id desc offset ${position} limit 1`
  if (!row) throw new Error('the page is not there')
  return encodePlace(row.at, row.id)
}

function conditionOf(sql: Sql, filter: Filter): Fragment {
  const parts = [sql`true`]
  if (filter.contractId) parts.push(sql`contract_id = ${filter.contractId}`)
  if (filter.taskId) parts.push(sql`task_id = ${filter.taskId}`)
  if (filter.repositoryId) parts.push(sql`repository_id = ${filter.repositoryId}`)
  if (filter.eventTypes) parts.push(sql`event_type = any(${filter.eventTypes})`)
  if (filter.phases) parts.push(sql`phase = any(${filter.phases})`)
  if (filter.agents) parts.push(sql`agent = any(${filter.agents})`)
  if (filter.from) parts.push(sql`created_at >= ${filter.from as string}`)
  if (filter.to) parts.push(sql`created_at < ${filter.to as string}`)
  return parts.reduce((all, part) => sql`${all} and ${part}`)
}
