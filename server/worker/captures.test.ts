// Agents that somebody else runs: what their hooks tell is brought in, and a turn's end keeps the files.
import { randomUUID } from 'node:crypto'
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { newId } from '@/db/ids'
import { runs } from '@/db/run-tables'
import { operations, tasks } from '@/db/schema'
import { Captures } from './captures'
import { createOperationsWorld, type OperationsWorld } from './test-world'

let w: OperationsWorld
let captures: Captures
let stopping: AbortController
beforeEach(async () => {
  w = await createOperationsWorld()
  stopping = new AbortController()
  captures = new Captures(w.ctx, stopping.signal)
})
afterEach(async () => {
  stopping.abort()
  await w.close()
})

function line(sessionId: string, parentUuid: string | null, role: 'user' | 'assistant', text: string): string {
  const content = role === 'user' ? text : [{ type: 'text', text }]
  return `${JSON.stringify({
    parentUuid,
    isSidechain: false,
    cwd: w.world.folder,
    sessionId,
    version: '2.1.0',
    type: role,
    message: { role, content, ...(role === 'assistant' && { id: `msg_${randomUUID()}`, model: 'claude-sonnet-4-5' }) },
    uuid: randomUUID(),
    timestamp: new Date().toISOString(),
  })}\n`
}

const findTask = async (sessionId: string) =>
  (await w.ctx.db.select().from(tasks).where(eq(tasks.nativeSessionId, sessionId)))[0]

test('a turn is followed from its beginning, before there is a file, and its end asks for a checkpoint', async () => {
  const sessionId = randomUUID()
  const path = join(w.world.root, `${sessionId}.jsonl`)
  const told = { path, agent: 'claude-code' as const, sessionId }
  await captures.take({ ...told, state: 'began' })
  writeFileSync(path, line(sessionId, null, 'user', 'Sing'))
  await vi.waitFor(async () => expect(await findTask(sessionId)).toBeDefined(), { timeout: 10_000 })
  appendFileSync(path, line(sessionId, null, 'assistant', 'La'))
  await captures.take({ ...told, state: 'ended' })
  const task = await findTask(sessionId)
  expect(task?.messageCount).toBe(2)
  const [asked] = await w.ctx.db
    .select()
    .from(operations)
    .where(eq(operations.taskId, task?.id ?? ''))
  expect(asked).toMatchObject({ kind: 'checkpoint', input: { kind: 'turn', message: 'End of a turn' } })
})

test('an agent that Makima runs is left to who runs it', async () => {
  const sessionId = randomUUID()
  const path = join(w.world.root, `${sessionId}.jsonl`)
  writeFileSync(path, line(sessionId, null, 'user', 'Sing'))
  const runId = newId()
  await w.ctx.db.insert(runs).values({
    id: runId,
    ownerId: w.ctx.actor.ownerId,
    contractId: w.contractId,
    taskId: w.taskId,
    agent: 'claude-code',
    way: 'here',
    mode: 'continue',
    askedBy: 'you',
    prompt: 'Sing',
    state: 'running',
    nativeSessionId: sessionId,
  })
  const told = { path, agent: 'claude-code' as const, sessionId, state: 'ended' as const }
  await captures.take(told)
  expect(await findTask(sessionId)).toBeUndefined()
  await w.ctx.db.update(runs).set({ state: 'done' }).where(eq(runs.id, runId))
  await captures.take(told)
  expect(await findTask(sessionId)).toBeDefined()
})
