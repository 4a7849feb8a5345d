import { expect, test } from 'vitest'
import { buildPlanRows } from './plan-groups'

test('groups paths by what happens to them and keeps the true totals when the list was cut', () => {
  const rows = buildPlanRows(
    [
      { path: 'b', action: 'delete', reason: null },
      { path: 'a', action: 'restore', reason: null },
    ],
    { restore: 900, delete: 1, recreate: 0, keep: 0 },
  )
  expect(rows.map((row) => (row.kind === 'heading' ? `${row.action} ${row.total}` : row.file.path))).toEqual([
    'restore 900',
    'a',
    'delete 1',
    'b',
  ])
})

test('says nothing about actions that touch no file', () => {
  expect(buildPlanRows([], { restore: 0, delete: 0, recreate: 0, keep: 0 })).toEqual([])
})
