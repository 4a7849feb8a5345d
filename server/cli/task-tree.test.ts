import { expect, test } from 'vitest'
import { type ListedTask, taskTree } from './task-tree'

function task(id: string, parentTaskId: string | null, values: Partial<ListedTask> = {}): ListedTask {
  const rest = { isSupervisor: false, status: 'completed', phase: 'execute', agent: 'codex', messageCount: 2 } as const
  return { id, parentTaskId, name: `Task ${id}`, ...rest, ...values }
}

test('each task stands below the one that started it, and one whose parent is unknown at the top', () => {
  const tree = taskTree([
    task('a', null, { isSupervisor: true, status: 'running', messageCount: 1 }),
    task('b', 'a'),
    task('c', 'b', { name: 'Two\nlines' }),
    task('d', 'a'),
    task('e', 'elsewhere'),
  ])
  expect(tree).toEqual([
    'Task a (supervisor)  running, codex, 1 message  a',
    '├─ Task b  completed, codex, 2 messages  b',
    '│  └─ Two lines  completed, codex, 2 messages  c',
    '└─ Task d  completed, codex, 2 messages  d',
    'Task e  completed, codex, 2 messages  e',
  ])
})
