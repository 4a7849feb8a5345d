// A row that is not as its table has it is told by its column, for every table and column.
import { getTableColumns, getTableName } from 'drizzle-orm'
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { historyEvents } from '@/db/history-tables'
import { nativeSessions, runs } from '@/db/run-tables'
import { contracts, operations, shelfItems, taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots, messages, segments, transcriptFeeds, transcriptSources } from '@/db/talk-tables'
import { TABLES } from './format'
import { parseRow } from './row-schemas'

const ID = '00000000-0000-7000-8000-000000000001'
const SHA = 'a'.repeat(40)
const tables: PgTable[] = [
  contracts,
  tasks,
  segments,
  conversationSnapshots,
  transcriptSources,
  transcriptFeeds,
  messages,
  taskCheckpoints,
  operations,
  shelfItems,
  runs,
  nativeSessions,
  historyEvents,
]

const TOLD: Record<string, unknown> = {
  'messages.role': 'user',
  'operations.state': 'done',
  'runs.state': 'done',
  'runs.way': 'here',
  'tasks.status': 'completed',
  'task_checkpoints.commit_sha': SHA,
  'task_checkpoints.tree_sha': SHA,
  'shelf_items.ref': `refs/snapshots/${ID}`,
  'shelf_items.commit_sha': SHA,
  'history_events.event_type': 'task.created',
}

function goodValue(table: PgTable, column: PgColumn): unknown {
  const told = TOLD[`${getTableName(table)}.${column.name}`]
  if (told !== undefined) return told
  const values: Record<string, unknown> = {
    PgUUID: ID,
    PgText: 'word',
    PgInteger: 1,
    PgBigInt53: 1,
    PgDoublePrecision: 0.5,
    PgBoolean: true,
    PgTimestamp: '2026-01-01T12:00:00+00:00',
    PgJsonb: {},
    PgArray: [],
    PgCustomColumn: '\\x00ff',
  }
  return column.notNull ? values[column.columnType] : null
}

const columnsOf = (table: PgTable): PgColumn[] =>
  (Object.values(getTableColumns(table)) as PgColumn[]).filter(({ name }) => name !== 'tx' && name !== 'owner_id')
const goodRow = (table: PgTable) =>
  Object.fromEntries(columnsOf(table).map((column) => [column.name, goodValue(table, column)]))

test('every table of a file has its schema', () => {
  const checked = [...tables.map((table) => getTableName(table)), 'repositories', 'worktrees']
  expect(checked.toSorted()).toEqual(TABLES.map(({ name }) => name).toSorted())
  for (const table of tables) expect(parseRow(getTableName(table), goodRow(table))).toHaveProperty('row')
})

test('a wrong value is refused by every column of every table', () => {
  let deep: unknown = 'x'
  for (let n = 0; n < 5_000; n++) deep = [deep]
  for (const table of tables) {
    for (const column of columnsOf(table)) {
      const wrong = [
        { strange: { deep: [1] } },
        'a\0b',
        'a\ud800b',
        column.columnType === 'PgJsonb' ? { text: 'a\0b' } : ['x', 1],
        column.columnType === 'PgJsonb' ? { deep } : Number.MAX_VALUE * 2,
        ...(column.columnType === 'PgText' ? [7, true, {}] : []),
        ...(column.columnType === 'PgTimestamp' ? ['yesterday', 'infinity', '99999-01-01'] : []),
      ].filter(
        (value) => column.columnType !== 'PgJsonb' || typeof value !== 'object' || 'text' in value || 'deep' in value,
      )
      for (const value of wrong) {
        const parsed = parseRow(getTableName(table), { ...goodRow(table), [column.name]: value })
        expect(parsed, `${column.name} ${typeof value}`).toEqual({ problem: `${getTableName(table)}.${column.name}` })
      }
      if (!column.notNull || column.hasDefault) continue
      const { [column.name]: _, ...without } = goodRow(table)
      expect(parseRow(getTableName(table), without)).toHaveProperty('problem')
    }
  }
})

test('names that become files, commands or refs hold nothing else', () => {
  const refused: [string, string, unknown][] = [
    ['native_sessions', 'native_session_id', '../../../.ssh/id'],
    ['native_sessions', 'native_session_id', 'a\nb'],
    ['native_sessions', 'native_session_id', '--resume'],
    ['tasks', 'agent', 'rm -rf'],
    ['task_checkpoints', 'commit_sha', '--output=/tmp/x'],
    ['shelf_items', 'ref', 'refs/heads/main'],
    ['shelf_items', 'ref', `refs/snapshots/${ID}/../../heads/main`],
  ]
  for (const [name, column, value] of refused) {
    const table = tables.find((each) => getTableName(each) === name) as PgTable
    expect(parseRow(name, { ...goodRow(table), [column]: value }), String(value)).toHaveProperty('problem')
  }
  for (const id of ['../../../.ssh/id', 'a\nb', '--resume', '/tmp/session.jsonl']) {
    const row = { ...goodRow(tasks), native_session_id: id }
    expect(parseRow('tasks', row)).toMatchObject({ row: { native_session_id: null } })
  }
})
