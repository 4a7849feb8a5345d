import { and, desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { historyEvents } from '@/db/history-tables'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { advancePhase, changeLimits, contractChangeInput } from './contract-changes'

let world: OperationsWorld
beforeAll(async () => {
  world = await createOperationsWorld()
})
afterAll(() => world.close())

const changes = () =>
  world.ctx.db
    .select({ data: historyEvents.eventData, phase: historyEvents.phase })
    .from(historyEvents)
    .where(and(eq(historyEvents.contractId, world.contractId), eq(historyEvents.eventType, 'phase.changed')))
    .orderBy(desc(historyEvents.createdAt))

test('a contract goes to the next phase or to the one that is named, and its timeline tells', async () => {
  const id = world.contractId
  expect(await advancePhase(world.ctx, { id, phase: 'plan' })).toMatchObject({ phase: 'plan' })
  expect(await advancePhase(world.ctx, { id })).toMatchObject({ phase: 'execute' })
  expect(await advancePhase(world.ctx, { id, phase: 'execute' })).toMatchObject({ phase: 'execute' })
  expect((await changes())[0]).toEqual({ data: { from: 'plan', to: 'execute' }, phase: 'execute' })
  expect(await changes()).toHaveLength(2)
  await advancePhase(world.ctx, { id })
  await expect(advancePhase(world.ctx, { id })).rejects.toMatchObject({
    code: 'precondition_failed',
    message: expect.stringContaining('its last phase, review'),
  })
  await expect(advancePhase(world.ctx, { id: crypto.randomUUID() })).rejects.toMatchObject({ code: 'not_found' })
})

test('a limit that is left out stays, one that is null goes', async () => {
  const id = world.contractId
  await changeLimits(world.ctx, { id, maxParallel: 2, maxCostUsd: 5 })
  expect(await changeLimits(world.ctx, { id, maxParallel: 3 })).toMatchObject({
    limits: { maxParallel: 3, maxTurns: null, maxCostUsd: 5 },
  })
  expect(await changeLimits(world.ctx, { id, maxCostUsd: null })).toMatchObject({ limits: { maxCostUsd: null } })
})

test('limits that are none are refused with a sentence', () => {
  const wrong = (values: object) =>
    contractChangeInput.safeParse({ id: world.contractId, ...values }).error?.issues[0]?.message
  expect(wrong({ maxParallel: 0 })).toBe('At least 1 agent must be let work')
  expect(wrong({ maxTurns: 1.5 })).toBe('Give a whole number')
  expect(wrong({ maxCostUsd: -1 })).toBe('A limit of cost is above 0')
  expect(wrong({ maxCostUsd: Number.NaN })).toBe('Give the dollars as a number')
})
