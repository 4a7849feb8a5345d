import { expect, test } from 'vitest'
import { buildPathTree } from './path-tree'

const file = (path: string, additions = 1, deletions = 0) => ({ path, additions, deletions })
const show = (rows: ReturnType<typeof buildPathTree>) => rows.map((row) => `${'  '.repeat(row.depth)}${row.name}`)

test('folders come before files and single folders are joined', () => {
  const rows = buildPathTree([file('README.md'), file('src/deep/down/a.ts'), file('src/deep/down/b.ts')])
  expect(show(rows)).toEqual(['src/deep/down', '  a.ts', '  b.ts', 'README.md'])
})
test('a folder carries the sums of all below it', () => {
  const rows = buildPathTree([file('a/x', 2, 1), file('a/b/y', 3, 0)])
  expect(rows[0]).toMatchObject({ name: 'a', additions: 5, deletions: 1, files: 2 })
})
test('a closed folder hides what is in it', () => {
  expect(show(buildPathTree([file('a/x'), file('b/y')], new Set(['a'])))).toEqual(['a', 'b', '  y'])
})
test('odd names stay what they are', () => {
  expect(show(buildPathTree([file('täst/ü b.txt'), file('-x')]))).toEqual(['täst', '  ü b.txt', '-x'])
})
