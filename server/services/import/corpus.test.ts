// Real transcripts, where they are at hand: what the import reports must equal an independent count, byte for byte.
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { asc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { taskCheckpoints, tasks } from '@/db/schema'
import { conversationSnapshots, transcriptSources } from '@/db/talk-tables'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { formats } from '@/server/transcripts/formats'
import { createTestContext, hashSource, importPath } from './test-import'

const corpus = resolve(import.meta.dirname, '../../../../shared/corpus')

/** What the independent count calls each agent. */
const AGENTS: Record<string, string> = { claude: 'claude-code', codex: 'codex', gemini: 'gemini', opencode: 'opencode' }

type Truth = Record<string, number | string> & { file: string; format: string }

const isRead = (truth: Truth) => formats.some(({ agent }) => agent === AGENTS[truth.format])

function truths(): Truth[] {
  if (!existsSync(corpus)) return []
  const lines = readFileSync(join(corpus, 'ground-truth.jsonl'), 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as Truth)
}

describe.skipIf(!existsSync(corpus))('the corpus', () => {
  let database: TestDatabase
  let ctx: Context
  beforeAll(async () => {
    database = await createTestDatabase()
    ctx = await createTestContext(database)
  })
  afterAll(() => database.close())

  // Documents of an agent that is not read yet are nobody's transcripts.
  const folders = ['claude-code', 'codex', 'gemini', 'opencode', 'entire/v1-multi-agent'].filter((folder) =>
    truths().some((truth) => isRead(truth) && truth.file.startsWith(`${folder}/`)),
  )
  test.each(folders)(
    'each transcript of %s is counted as the ground truth counts it and comes out byte for byte',
    async (folder) => {
      const wanted = truths().filter((truth) => isRead(truth) && truth.file.startsWith(`${folder}/`))
      expect(wanted.length).toBeGreaterThan(0)
      const view = await importPath(ctx, join(corpus, folder))
      expect(view.state).toBe('done')
      const byPath = new Map(view.sources.map((source) => [source.path, source]))
      for (const truth of wanted) {
        const source = byPath.get(join(corpus, truth.file))
        expect(source?.skipped, truth.file).toBeUndefined()
        expect(source && counted(source), truth.file).toEqual(expected(truth))
        const raw = createHash('sha256')
          .update(readFileSync(join(corpus, truth.file)))
          .digest('hex')
        expect(await hashSource(ctx, source?.id ?? ''), truth.file).toBe(raw)
      }
      const again = await importPath(ctx, join(corpus, folder))
      expect(new Set(again.sources.filter((source) => !source.skipped).map((source) => source.outcome))).toEqual(
        new Set(['unchanged']),
      )
    },
    120_000,
  )

  test('a subagent of Codex is a task below the one that started it', async () => {
    const parent = '019d7d08-46c9-7f73-affe-4e6ca9852d56'
    const found = await ctx.db.select().from(tasks).where(eq(tasks.nativeSessionId, parent))
    const main = found.find((task) => task.nativeThread === '')
    const child = found.find((task) => task.nativeThread !== '')
    expect(found).toHaveLength(2)
    expect(main).toMatchObject({ agent: 'codex', messageCount: expect.any(Number), parentTaskId: null })
    expect(child).toMatchObject({
      nativeThread: '019d7e3e-fae8-7a02-86dc-fa6bbec0caab',
      parentTaskId: main?.id,
      contractId: main?.contractId,
      spawnedByToolId: 'call_2JkGmv1DIX39KdaWVE5iMWSg',
      status: 'completed',
      toolCallCount: 16,
      tokensOutput: 3424,
      tokensCacheRead: 2731776,
    })
  })

  test('a checkpoint of several agents is read by the formats of each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'makima-agents-'))
    const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args])
    git('init', '-q', '-b', 'entire/checkpoints/v1')
    cpSync(join(corpus, 'entire/v1-multi-agent'), folder, { recursive: true })
    git('add', '-A')
    git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'Checkpoint: bb21edce625a')
    const view = await importPath(ctx, folder)
    expect(view.sources.map(({ agent }) => agent).sort()).toEqual(['claude-code', ...Array(5).fill('codex')])
    for (const truth of truths().filter(({ file }) => file.startsWith('entire/v1-multi-agent/'))) {
      const path = truth.file.replace('entire/v1-multi-agent/', '')
      const source = view.sources.find((candidate) => candidate.path.endsWith(`:${path}`))
      expect(source && counted(source), path).toEqual(expected(truth))
    }
  }, 60_000)

  test('each transcript of a real repository is counted, and joined to each commit that names it', async () => {
    const clone = join(mkdtempSync(join(tmpdir(), 'makima-corpus-')), 'cli.git')
    execFileSync('git', ['clone', '-q', '--mirror', join(corpus, 'entire/cli.bundle'), clone])
    const view = await importPath(ctx, clone)
    expect(view.state).toBe('done')
    const kept = await ctx.db.select().from(transcriptSources).where(eq(transcriptSources.kind, 'git'))
    const sources = kept.filter((source) => source.path.startsWith(clone))
    const joined = await ctx.db
      .select({ sha: taskCheckpoints.commitSha, session: tasks.nativeSessionId, external: taskCheckpoints.externalId })
      .from(taskCheckpoints)
      .innerJoin(tasks, eq(tasks.id, taskCheckpoints.taskId))
    const links = new Set(joined.map((row) => `${row.sha} ${row.session}`))
    const rows = readFileSync(join(corpus, 'entire/bundle-join.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t'))
    let linked = 0
    for (const [sha, , , checkpoint = '', index, sessionId = '', , format, blob, bytes, records] of rows) {
      if (AGENTS[format ?? ''] === undefined) continue
      const path = `${checkpoint.slice(0, 2)}/${checkpoint.slice(2)}/${index}/full.jsonl`
      const source = sources.find((candidate) => candidate.path.endsWith(`:${path}`))
      expect(source, path).toMatchObject({ identity: blob, bytes: Number(bytes), report: { records: Number(records) } })
      expect(links.has(`${sha} ${source?.nativeSessionId}`), `${sha} ${sessionId}`).toBe(true)
      linked += 1
    }
    expect(linked).toBeGreaterThan(100)
    // Each of these checkpoints holds the whole document as it was then; the conversation grew between them.
    const grown = await ctx.db
      .select({ count: conversationSnapshots.messageCount })
      .from(conversationSnapshots)
      .innerJoin(tasks, eq(tasks.id, conversationSnapshots.taskId))
      .where(eq(tasks.agent, 'gemini'))
      .orderBy(asc(conversationSnapshots.createdAt))
    const counts = grown.map(({ count }) => count)
    expect(counts).toHaveLength(3)
    expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b))
    for (const source of sources) {
      const raw = execFileSync('git', ['-C', clone, 'cat-file', 'blob', source.identity], { maxBuffer: 1 << 28 })
      expect(await hashSource(ctx, source.id), source.path).toBe(createHash('sha256').update(raw).digest('hex'))
    }
  }, 300_000)
})

function counted(source: Awaited<ReturnType<typeof importPath>>['sources'][number]) {
  const { records, prompts, assistantMessages, toolCalls, toolResults, toolErrors, tokens, bytes } = source
  return { bytes, records, prompts, assistantMessages, toolCalls, toolResults, toolErrors, tokens }
}

function expected(truth: Truth) {
  return {
    bytes: truth.bytes,
    records: truth.records,
    prompts: truth.prompts,
    assistantMessages: truth.assistant,
    toolCalls: truth.calls,
    toolResults: truth.results,
    toolErrors: truth.errors,
    tokens: {
      input: truth.tok_in,
      output: truth.tok_out,
      cacheRead: truth.tok_cache_read,
      cacheWrite: truth.tok_cache_write,
    },
  }
}
