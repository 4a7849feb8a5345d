// Real transcripts, where they are at hand: what the import reports must equal an independent count, byte for byte.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext, hashSource, importPath } from './test-import'

const corpus = resolve(import.meta.dirname, '../../../../shared/corpus')

type Truth = Record<string, number | string> & { file: string; format: string }

describe.skipIf(!existsSync(corpus))('the corpus', () => {
  let database: TestDatabase
  let ctx: Context
  beforeAll(async () => {
    database = await createTestDatabase()
    ctx = await createTestContext(database)
  })
  afterAll(() => database.close())

  test('each transcript of a folder is counted as the ground truth counts it and comes out byte for byte', async () => {
    const view = await importPath(ctx, join(corpus, 'claude-code'))
    expect(view.state).toBe('done')
    const byPath = new Map(view.sources.map((source) => [source.path, source]))
    const truths = readFileSync(join(corpus, 'ground-truth.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Truth)
    const wanted = truths.filter((truth) => truth.format === 'claude' && truth.file.startsWith('claude-code/'))
    expect(wanted.length).toBeGreaterThan(30)
    for (const truth of wanted) {
      const source = byPath.get(join(corpus, truth.file))
      expect(source?.skipped, truth.file).toBeUndefined()
      expect(source && counted(source), truth.file).toEqual(expected(truth))
      const raw = createHash('sha256')
        .update(readFileSync(join(corpus, truth.file)))
        .digest('hex')
      expect(await hashSource(ctx, source?.id ?? ''), truth.file).toBe(raw)
    }
    const again = await importPath(ctx, join(corpus, 'claude-code'))
    expect(new Set(again.sources.filter((source) => !source.skipped).map((source) => source.outcome))).toEqual(
      new Set(['unchanged']),
    )
  }, 120_000)
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
