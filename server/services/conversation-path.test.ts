import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, newSegmentId } from '@/db/ids'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { findPosition, pathLength, readPath, rowAt, type Span, slicePath } from './conversation-path'
import { addContract, addTask, testContext } from './test-world'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const spans: Span[] = [
  { segmentId: 'a', fromSeq: 1, toSeq: 3, start: 0 },
  { segmentId: 'b', fromSeq: 1, toSeq: 1, start: 3 },
  { segmentId: 'c', fromSeq: 1, toSeq: 5, start: 4 },
]

test('position and row are each other turned round', () => {
  for (let position = 0; position < pathLength(spans); position += 1) {
    const row = rowAt(spans, position)
    expect(row && findPosition(spans, row.segmentId, row.seq)).toBe(position)
  }
  expect(rowAt(spans, 9)).toBeNull()
  expect(findPosition(spans, 'a', 4)).toBeNull()
})

test('a slice covers exactly the positions asked for', () => {
  expect(slicePath(spans, 2, 6)).toEqual([
    { segmentId: 'a', fromSeq: 3, toSeq: 3, start: 2 },
    { segmentId: 'b', fromSeq: 1, toSeq: 1, start: 3 },
    { segmentId: 'c', fromSeq: 1, toSeq: 2, start: 4 },
  ])
  expect(slicePath(spans, 9, 20)).toEqual([])
})

test('a path through a thousand forks of forks is read at once and in order', async () => {
  const ctx = testContext(database.db)
  const taskId = await addTask(ctx, await addContract(ctx))
  const ids = Array.from({ length: 1_000 }, () => newSegmentId())
  const rows = ids.map((id, i) => ({
    id,
    owner_id: ctx.actor.ownerId,
    task_id: taskId,
    parent_segment_id: ids[i - 1] ?? null,
    parent_seq: i === 0 ? 0 : 2,
    length: 5,
  }))
  await ctx.db.execute(sql`
    insert into segments (id, owner_id, task_id, parent_segment_id, parent_seq, length)
    select * from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as r(id uuid, owner_id uuid, task_id uuid, parent_segment_id uuid, parent_seq int, length int)`)
  const path = await readPath(ctx, { segmentId: ids[999] ?? '', seq: 5 })
  expect(path.map((span) => span.segmentId)).toEqual(ids)
  expect(pathLength(path)).toBe(999 * 2 + 5)
  expect(findPosition(path, ids[500] ?? '', 2)).toBe(1_001)
  expect(findPosition(path, ids[500] ?? '', 3)).toBeNull()
})

test('damaged data that leads back to itself ends instead of running on', async () => {
  const ctx = testContext(database.db)
  const taskId = await addTask(ctx, await addContract(ctx))
  const id = newSegmentId()
  await ctx.db.execute(sql`insert into segments (id, owner_id, task_id, parent_segment_id, parent_seq, length)
    values (${id}, ${ctx.actor.ownerId}, ${taskId}, ${id}, 1, 2)`)
  expect(pathLength(await readPath(ctx, { segmentId: id, seq: 2 }))).toBe(2)
  expect(await readPath(ctx, { segmentId: newId(), seq: 2 })).toEqual([])
})
