import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = process.cwd()
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'makima-arrows-'))
  for (const file of ['.oxlintrc.json', 'tsconfig.json']) cpSync(join(root, file), join(folder, file))
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What the linter says about files of these names and contents, one line each. */
function lint(files: Record<string, string>): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  try {
    const linter = join(root, 'node_modules', '.bin', 'oxlint')
    return execFileSync(linter, ['--format', 'json', ...Object.keys(files)], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    })
  } catch (error) {
    return (error as { stdout: string }).stdout
  } finally {
    for (const path of Object.keys(files)) rmSync(join(folder, path))
  }
}

const using = (from: string) => `import * as it from '${from}'\nexport const used = it\n`
const usingType = (from: string) => `import type * as it from '${from}'\nexport type Used = typeof it\n`

const forbidden: [file: string, imports: string, says: RegExp][] = [
  ['app/page.tsx', '@/db/client', /prefetches through @\/server\/rsc/],
  ['app/page.tsx', '@/server/services/contracts', /prefetches through @\/server\/rsc/],
  ['app/api/v1/contracts/route.ts', '@/db/client', /calls one function of @\/server\/services/],
  ['app/api/v1/contracts/route.ts', '@/server/git/diff', /services and the worker do the rest/],
  ['components/timeline/list.tsx', '@/db/schema', /data comes over tRPC/],
  ['components/timeline/list.tsx', '@/server/root', /write import type/],
  ['components/timeline/list.tsx', 'drizzle-orm', /data comes over tRPC/],
  ['components/ui/button.tsx', '@/components/timeline/list', /any other product/],
  ['server/routers/tasks.ts', '@/db/schema', /rules and queries belong there/],
  ['server/routers/tasks.ts', 'drizzle-orm', /neither queries nor reads files/],
  ['server/routers/tasks.ts', '@/server/git/rewind', /one call of @\/server\/services/],
  ['server/services/tasks.ts', '@/server/routers/tasks', /nothing of the doors/],
  ['server/services/tasks.ts', '@/server/worker/jobs', /enqueues a job/],
  ['server/worker/jobs.ts', '@/server/routers/tasks', /the doors belong to the web process/],
  ['server/git/rewind.ts', '@/db/client', /knows git only/],
  ['server/git/rewind.ts', '@/server/services/tasks', /knows git only/],
  ['server/transcripts/claude-code.ts', 'node:fs', /needs zod alone/],
  ['server/transcripts/claude-code.ts', '@/db/client', /needs zod alone/],
  ['server/agents/codex.ts', '@/db/client', /knows the agents' programs only/],
  ['server/agents/codex.ts', '@/server/services/tasks', /knows the agents' programs only/],
  ['server/cli/import.ts', '@/server/services/imports', /speaks HTTP/],
  ['server/cli/import.ts', '@/server/root', /write import type/],
  ['server/cli/up.ts', '@/server/services/imports', /what they do belongs to them/],
  ['db/client.ts', '@/server/services/imports', /drizzle and postgres only/],
  ['e2e/rewind.spec.ts', '@/server/env', /knows nothing of ours/],
  ['server/context.ts', '../db/client', /instead of climbing/],
]

test.each(forbidden)('%s may not import %s', (file, imports, says) => {
  expect(lint({ [file]: using(imports) })).toMatch(says)
})

test('only the worker imports what changes a worktree', () => {
  const text = `import { applyRewind } from '@/server/git/rewind'\nexport const used = applyRewind\n`
  expect(lint({ 'server/services/tasks.ts': text })).toMatch(/belongs to @\/server\/worker alone/)
  expect(lint({ 'server/worker/jobs.ts': text })).not.toMatch(/restricted/)
})

test('what the table allows passes', () => {
  const allowed = {
    'components/timeline/list.tsx': usingType('@/server/root'),
    'components/timeline/row.tsx': using('@/components/ui/button'),
    'server/services/tasks.ts': `import { planRewind } from '@/server/git/rewind'\nexport const used = planRewind\n`,
    'server/services/forks.ts': using('@/db/schema'),
    'server/git/rewind.ts': using('@/server/errors'),
    'server/transcripts/claude-code.ts': using('zod'),
    'server/agents/codex.ts': using('@/server/transcripts/types'),
    'server/cli/import.ts': usingType('@/server/root'),
    'app/page.tsx': using('@/server/rsc'),
  }
  expect(lint(allowed)).not.toMatch(/restricted/)
})

test('a circle of imports is refused', () => {
  const circle = { 'server/services/a.ts': using('./b'), 'server/services/b.ts': using('./a') }
  expect(lint(circle)).toMatch(/no-cycle/)
})
