import { expect, test } from 'vitest'
import { nearestCall } from './codex-translate'

test.each([
  ['Bash', { command: 'ls -l' }, 'ls -l'],
  ['run_shell_command', { command: 'make' }, 'make'],
  ['shell', { command: ['bash', '-lc', 'echo a b'] }, 'echo a b'],
  ['shell', { command: ['cat', "it's"] }, "cat 'it'\\''s'"],
  ['read_file', { absolute_path: '/a b.txt' }, "cat '/a b.txt'"],
  ['Read', { file_path: 'a.ts', offset: 10, limit: 5 }, "sed -n '10,14p' a.ts"],
  ['Grep', { pattern: 'a|b', path: 'src' }, "rg -n 'a|b' src"],
  ['glob', { pattern: '**/*.ts' }, "rg --files -g '**/*.ts' ."],
  ['list_directory', { dir_path: 'src' }, 'ls src'],
  [
    'Write',
    { file_path: 'n.txt', content: 'one\ntwo\n' },
    "apply_patch <<'PATCH'\n*** Begin Patch\n*** Add File: n.txt\n+one\n+two\n*** End Patch\nPATCH",
  ],
])('a call of %s becomes a command of Codex', (name, input, cmd) => {
  expect(nearestCall({ name, input })).toEqual({ name: 'exec_command', input: { cmd } })
})

test('a plan becomes a plan', () => {
  const input = {
    todos: [
      { content: 'Look', status: 'completed' },
      { content: 'Fix', status: 'cancelled' },
    ],
  }
  const plan = [
    { step: 'Look', status: 'completed' },
    { step: 'Fix', status: 'pending' },
  ]
  expect(nearestCall({ name: 'TodoWrite', input })).toEqual({ name: 'update_plan', input: { plan } })
})

test('a tool that nobody else has keeps its name, in letters that a model takes', () => {
  expect(nearestCall({ name: 'mcp.files/read', input: 'text' })).toEqual({
    name: 'mcp_files_read',
    input: { input: 'text' },
  })
  expect(nearestCall({ name: 'Bash', input: { wrong: 1 } })).toEqual({ name: 'Bash', input: { wrong: 1 } })
})
