import { eq, inArray } from 'drizzle-orm'
import { beforeAll, afterAll, expect, test } from 'vitest'
import { runs } from '@/db/run-tables'
import { liveNotes } from '@/server/live-notes'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { followLive } from './live-feed'
import { LiveWriter } from './live-text'
import { requestResume } from './request-run'
import type { LiveView } from './run-views'

let world: OperationsWorld
beforeAll(async () => {
  world = await createOperationsWorld()
})
afterAll(async () => world.close())

/** What a page has put together: what lies in the conversation, then what is being written. */
class Page {
  written = ''
  now = ''
  private ended = new AbortController()
  private done: Promise<void>

  constructor(taskId: string, start: Promise<void> = Promise.resolve()) {
    this.done = start.then(async () => {
      const notes = await liveNotes(taskId, this.ended.signal, world.database)
      for await (const view of followLive(world.ctx, { taskId }, notes)) this.hear(view)
    })
  }

  private hear(view: LiveView) {
    if (view.type === 'whole') this.now = view.text
    else if (view.type === 'piece' && view.kind === 'text') {
      expect(view.from).toBe(this.now.length)
      this.now += view.text
    } else if (view.type === 'recorded') {
      expect(this.now.endsWith(view.text)).toBe(true)
      this.written += this.now.slice(0, this.now.length - view.text.length)
      this.now = view.text
    }
  }

  async leave() {
    this.ended.abort()
    await this.done
  }
}

/** Runs at work, each in a task of its own. The world has one folder, so they are asked for one after the other. */
async function newRuns(count: number) {
  const made: { id: string; taskId: string }[] = []
  for (let index = 0; index < count; index++) {
    const taskId = await world.addTask('Write', { agent: 'codex', plan: 'Write.' })
    const { id } = await requestResume(world.ctx, { taskId })
    await world.ctx.db.update(runs).set({ state: 'done' }).where(eq(runs.id, id))
    made.push({ id, taskId })
  }
  const ids = made.map(({ id }) => id)
  await world.ctx.db.update(runs).set({ state: 'running' }).where(inArray(runs.id, ids))
  return made
}

test('what is written while an earlier part is recorded stays in view, and nothing is missed or doubled', async () => {
  const [run] = await newRuns(1)
  if (!run) throw new Error('no run')
  const writer = new LiveWriter(world.ctx, run)
  const page = new Page(run.taskId)
  await expect.poll(() => page.now).toBe('')
  writer.push('text', 'First. ')
  await writer.flush()
  await expect.poll(() => page.now).toBe('First. ')
  writer.complete()
  const mark = writer.mark()
  writer.push('text', 'Second, ')
  await writer.recorded(mark, true)
  writer.push('text', 'to its end.')
  await writer.flush()
  await expect.poll(() => [page.written, page.now]).toEqual(['First. ', 'Second, to its end.'])
  await page.leave()
  await world.ctx.db.update(runs).set({ state: 'done' }).where(eq(runs.id, run.id))
})

test('twenty agents that write at once are each heard whole, by pages that come early and late', async () => {
  const all = await Promise.all(
    (await newRuns(20)).map(async (run, number) => {
      const writer = new LiveWriter(world.ctx, run)
      const early = new Page(run.taskId)
      const texts = Array.from({ length: 200 }, (_, index) => `${number}:${index} ${'x'.repeat((index * 37) % 90)}\n`)
      let late: Page | null = null
      for (const [index, text] of texts.entries()) {
        writer.push('text', text)
        if (index === 100) late = new Page(run.taskId)
        if (index % 20 === 0) await writer.flush()
        if (index % 50 === 49) {
          writer.complete()
          await writer.recorded(writer.mark(), true)
        }
      }
      await writer.flush()
      return { texts, early, late }
    }),
  )
  for (const { texts, early, late } of all) {
    const whole = texts.join('')
    await expect.poll(() => (early.written + early.now).length, { timeout: 20_000 }).toBe(whole.length)
    expect(early.written + early.now).toBe(whole)
    await expect.poll(() => whole.endsWith((late?.written ?? '') + (late?.now ?? '')), { timeout: 20_000 }).toBe(true)
    await early.leave()
    await late?.leave()
  }
})
