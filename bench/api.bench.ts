// Reading over REST under load, with a million events behind it, beside the same server answering a route without a query.
import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@/db/ids'
import { recordEvents } from '@/server/services/history'
import { contractId, fillHistory, taskId } from './history-data'
import { type Makima, startMakima } from './makima'
import type { Line } from './report'
import type { Prepared, World } from './world'

export const title = 'Read routes at a million events'

const A_SECOND = 200
const WRITES_A_SECOND = 2
const WARM_UP_S = 10
const READS = [
  '/timeline',
  '/timeline?eventTypes=message.received',
  `/contracts/${contractId(0)}/history`,
  `/mesh/tasks/${taskId(0)}/history`,
  '/contracts',
  `/mesh/tasks/${taskId(0)}`,
]

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const events = world.quick ? 50_000 : 1_000_000
  const database = await world.createDatabase('api')
  await fillHistory(database, events)
  world.say('api: starting Makima')
  const makima = await startMakima(world, database.url)
  const load = async (paths: string[], seconds: number) =>
    askAll(
      makima,
      paths.map((path) => `/api/v1${path}`),
      seconds,
    )
  // A server that runs for some seconds has translated what it does often.
  await load(['/healthz', ...READS], WARM_UP_S)
  const seconds = world.quick ? 3 : 15
  world.say(`api: ${A_SECOND} requests a second for ${seconds} s`)
  const bare = await load(['/healthz'], Math.ceil(seconds / 3))
  const quiet = await load(READS, seconds)
  world.say('api: the same while an agent is at work')
  const endWork = writeSteadily(database)
  const busy = await load(READS, seconds)
  await endWork()
  world.say('api: only questions that were never asked before')
  const fresh = await load(neverAsked(A_SECOND * seconds), seconds)
  const p95 = percentile(quiet.times, 0.95)
  const all = [quiet, busy, fresh]
  const requests = A_SECOND * seconds * all.length
  const errors = all.reduce((sum, each) => sum + each.errors, 0)
  return {
    lines: [
      {
        name: '95th percentile',
        ours: { unit: 'ms', samples: [p95] },
        yardstick: {
          name: 'a route without a query',
          measure: { unit: 'ms', samples: [percentile(bare.times, 0.95)] },
        },
        target: { text: '< 25 ms', reached: p95 < 25 },
      },
      { name: 'median', ours: { unit: 'ms', samples: [percentile(quiet.times, 0.5)] } },
      {
        name: `95th percentile, ${WRITES_A_SECOND} events written a second`,
        ours: { unit: 'ms', samples: [percentile(busy.times, 0.95)] },
      },
      {
        name: '95th percentile, no question asked twice',
        ours: { unit: 'ms', samples: [percentile(fresh.times, 0.95)] },
      },
      {
        name: `errors in ${requests.toLocaleString('en')} requests, ${A_SECOND} a second`,
        ours: { unit: 'requests', samples: [errors] },
        target: { text: 'none', reached: errors === 0 },
      },
    ],
    notes: [
      `each alone, asked again, median in ms: ${await tellEach(makima, '')}`,
      `each alone, asked for the first time: ${await tellEach(makima, 'first')}`,
      `a page of 100 each; who asks runs on the same two cores: ${READS.length} addresses in turn`,
    ],
  }
}

/** Routes leave aside what they do not know, but a question with it is another one. */
const asAnother = (path: string, n: number) => `${path}${path.includes('?') ? '&' : '?'}first=${n}`

const neverAsked = (count: number) =>
  Array.from({ length: count }, (_, n) => asAnother(READS[n % READS.length] as string, n))

/** What each takes alone, one after the other. `first`: no question is one that was answered before. */
async function tellEach(makima: Makima, asked: 'first' | ''): Promise<string> {
  const told: string[] = []
  for (const path of ['/healthz', ...READS]) {
    const times: number[] = []
    for (let n = 0; n < 60; n++) {
      const question = asked === 'first' ? asAnother(path, -1 - n) : path
      const began = performance.now()
      await (await makima.ask(`/api/v1${question}`)).arrayBuffer()
      times.push(performance.now() - began)
    }
    told.push(`${path.replace(/[0-9a-f-]{36}/, '…')} ${percentile(times, 0.5).toFixed(1)}`)
  }
  return told.join(' · ')
}

/** Events come in as from an agent at work, until the returned function is called. */
function writeSteadily({ ctx }: Prepared): () => Promise<void> {
  const ending = new AbortController()
  const work = (async () => {
    for (let n = 0; !ending.signal.aborted; n++) {
      const place = { contractId: contractId(n % 10), taskId: taskId(n % 10), agent: 'claude-code' }
      await recordEvents(ctx, [
        { ...place, eventType: 'message.received', eventData: { messageId: newId(), text: 'Go on, please.' } },
      ])
      await sleep(1_000 / WRITES_A_SECOND, undefined, { signal: ending.signal }).catch(() => undefined)
    }
  })()
  return async () => {
    ending.abort()
    await work
  }
}

/** Asks at a steady pace, whether answers have come or not, and waits for the last. */
async function askAll(makima: Makima, paths: string[], seconds: number): Promise<{ times: number[]; errors: number }> {
  const times: number[] = []
  let errors = 0
  const open: Promise<void>[] = []
  const started = performance.now()
  for (let n = 0; n < A_SECOND * seconds; n++) {
    const due = started + (n * 1_000) / A_SECOND
    if (due > performance.now()) await sleep(due - performance.now())
    const asked = performance.now()
    const done = makima
      .ask(paths[n % paths.length] as string)
      .then(async (answer) => {
        await answer.arrayBuffer()
        if (!answer.ok) errors++
        times.push(performance.now() - asked)
      })
      .catch(() => void errors++)
    open.push(done)
  }
  await Promise.all(open)
  return { times, errors }
}

function percentile(samples: number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
