// Rows for tests of services: each test makes a contract of its own, so that tests never meet.
import { tmpdir } from 'node:os'
import type { Database } from '@/db/client'
import { newId, newSegmentId } from '@/db/ids'
import { contracts, tasks } from '@/db/schema'
import { messages, segments } from '@/db/talk-tables'
import { type Context, createContext } from '@/server/context'
import { readEnv } from '@/server/env'

/** `home` is where stores go; a test that makes none need not name it. */
export function testContext(db: Database, home = tmpdir()): Context {
  return createContext(db, { ...readEnv(), home }, 'rest')
}

export async function addContract(ctx: Context, values: Partial<typeof contracts.$inferInsert> = {}): Promise<string> {
  const id = newId()
  await ctx.db
    .insert(contracts)
    .values({ id, ownerId: ctx.actor.ownerId, name: 'A contract', lastActivityAt: ctx.now(), ...values })
  return id
}

export async function addTask(
  ctx: Context,
  contractId: string,
  values: Partial<typeof tasks.$inferInsert> = {},
): Promise<string> {
  const id = newId()
  await ctx.db.insert(tasks).values({
    id,
    ownerId: ctx.actor.ownerId,
    contractId,
    name: 'A task',
    agent: 'claude-code',
    lastActivityAt: ctx.now(),
    ...values,
  })
  return id
}

export type TestMessage = Partial<Omit<typeof messages.$inferInsert, 'segmentId' | 'seq' | 'ownerId'>>

/** A segment of the task with these messages; `parent` is the row it goes on from. Answers the segment's id. */
export async function addSegment(
  ctx: Context,
  taskId: string,
  rows: TestMessage[],
  parent?: { segmentId: string; seq: number },
): Promise<string> {
  const id = newSegmentId()
  await ctx.db.insert(segments).values({
    id,
    ownerId: ctx.actor.ownerId,
    taskId,
    parentSegmentId: parent?.segmentId ?? null,
    parentSeq: parent?.seq ?? 0,
    length: rows.length,
  })
  for (let from = 0; from < rows.length; from += 1_000) {
    await ctx.db.insert(messages).values(
      rows.slice(from, from + 1_000).map((row, i) => ({
        segmentId: id,
        seq: from + i + 1,
        ownerId: ctx.actor.ownerId,
        role: 'assistant',
        kind: 'text',
        ...row,
      })),
    )
  }
  return id
}
