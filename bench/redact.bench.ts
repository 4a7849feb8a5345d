// Finding and masking what must not be shown: in a conversation of ten megabytes, and where sixty thousand things are found,
// while a real server goes on answering.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { redactInThread } from '@/server/services/shares/redact-thread'
import { PLANTED_KINDS, plantSecrets } from '@/server/redact/test-secrets'
import { type Makima, startMakima } from './makima'
import { compare, type Line, timed } from './report'
import type { World } from './world'

export const title = 'Redaction of a conversation'

const WORDS =
  'the agent reads a file and writes another one, then runs the tests: const total = rows.reduce((sum, row) => sum + row.count, 0) // see README'
const PLANTED = 300
const NOTHING = { keep: [], mask: [], show: [] }
const ADDRESS = /[\w.+-]+@[\w-]+\.\w+/g

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const rounds = world.quick ? 1 : 5
  const mails = addresses(world.quick ? 6_000 : 60_000)
  return {
    lines: [
      ...(await measureSize(rounds, world.quick ? 1_000_000 : 10_000_000)),
      await measureFindings(rounds, mails),
      await measureServer(world, mails),
    ],
    notes: ['masking runs in a thread, both ways of the texts are in its time'],
  }
}

const addresses = (count: number) => Array.from({ length: count }, (_, n) => `person${n}@company${n}.org`).join(' ')

async function measureSize(rounds: number, bytes: number): Promise<Line[]> {
  const planted = plantSecrets(PLANTED, 11)
  const texts: string[] = []
  for (let size = 0, n = 0; size < bytes || n < PLANTED * 3; n++) {
    const text = `${n} ${WORDS} `.repeat(1 + (n % 40))
    texts.push(text)
    size += text.length
  }
  for (const [n, { text }] of planted.entries()) texts[n * 3] += `\n${text}\n`
  const [ours, reading]: [number[], number[]] = [[], []]
  let left = 0
  let changed = 0
  for (let round = -1; round < rounds; round++) {
    const seconds = await timed(async () => {
      const masked = await redactInThread(
        texts.map((text) => ({ text })),
        NOTHING,
      )
      left = planted.filter(({ secret }, n) => masked.texts[n * 3]?.includes(secret)).length
      changed = masked.texts.filter((text, n) => n % 3 !== 0 && text !== texts[n]).length
    })
    // The first round starts the thread.
    if (round < 0) continue
    ours.push(seconds / 1_000)
    const json = JSON.stringify(texts)
    reading.push((await timed(() => JSON.parse(json))) / 1_000)
  }
  const yardstick = { name: 'JSON.parse of it', measure: { unit: 's' as const, samples: reading } }
  const target = { text: '< 1 s', isReached: (value: number) => value < 1 }
  return [
    compare('10 MB scanned and masked', { unit: 's', samples: ours }, yardstick, target),
    {
      name: `of ${PLANTED} planted secrets of ${PLANTED_KINDS} kinds, left unmasked`,
      ours: { unit: 'rows', samples: [left] },
      target: { text: 'none', reached: left === 0 },
    },
    {
      name: 'ordinary texts that were changed',
      ours: { unit: 'rows', samples: [changed] },
      target: { text: 'none', reached: changed === 0 },
    },
  ]
}

async function measureFindings(rounds: number, mails: string): Promise<Line> {
  const [ours, plain]: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    ours.push((await timed(() => redactInThread([{ text: mails }], NOTHING))) / 1_000)
    plain.push((await timed(() => mails.replaceAll(ADDRESS, '[e-mail address]'))) / 1_000)
  }
  const yardstick = { name: 'replaceAll of a pattern', measure: { unit: 's' as const, samples: plain } }
  return compare('60,000 findings', { unit: 's', samples: ours }, yardstick, {
    text: '< 2 s',
    isReached: (value) => value < 2,
  })
}

/** How long `/healthz` waits while a conversation of as many findings is previewed, beside how long it waits otherwise. */
async function measureServer(world: World, mails: string): Promise<Line> {
  const folder = join(world.folder, 'talk')
  mkdirSync(folder)
  const file = join(folder, 'session.jsonl')
  writeFileSync(file, session(mails))
  world.say('redact: starting Makima')
  const makima = await startMakima(world)
  const { sources } = await makima.importPath(file)
  const taskId = sources[0]?.taskId
  if (!taskId) throw new Error('the conversation was not imported')
  const calm = await waits(makima, sleep(2_000))
  const preview = makima.ask('/api/v1/shares/preview', { method: 'POST', body: JSON.stringify({ taskId }) })
  const busy = await waits(makima, preview)
  if (!(await preview).ok) throw new Error('the preview failed')
  return {
    name: '/healthz meanwhile, the longest wait',
    ours: { unit: 'ms', samples: [Math.max(...busy)] },
    yardstick: { name: 'the longest without it', measure: { unit: 'ms', samples: [Math.max(...calm)] } },
    ratio: [Math.max(...busy) / Math.max(...calm)],
    target: { text: '< 50 ms', reached: Math.max(...busy) < 50 },
  }
}

async function waits(makima: Makima, until: Promise<unknown>): Promise<number[]> {
  const state = { isOver: false }
  void until.finally(() => {
    state.isOver = true
  })
  const taken: number[] = []
  while (!state.isOver) {
    taken.push(await timed(async () => (await makima.ask('/api/v1/healthz')).text()))
    await sleep(5)
  }
  return taken
}

function session(text: string): string {
  const sessionId = 'c0c0c0c0-0000-4000-8000-000000000001'
  const line = (type: string, message: object, uuid: string, parentUuid: string | null) =>
    JSON.stringify({ type, message, uuid, parentUuid, sessionId, cwd: '/tmp', timestamp: '2026-01-05T10:00:00.000Z' })
  return `${line('user', { role: 'user', content: text }, 'c0c0c0c0-0000-4000-8000-000000000002', null)}\n`
}
