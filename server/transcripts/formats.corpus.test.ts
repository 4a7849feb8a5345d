// Real sessions of every agent, when they are at hand: what is counted must be what was counted by other means.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { detectFormat, formats } from './formats'
import { createRecordStream, parseDocumentHead } from './json-document'
import { createBlockSplitter } from './json-values'
import type { Block, RawRecord, TranscriptFormat } from './types'

const corpus = join(process.cwd(), '../shared/corpus')

type Truth = Record<string, number> & { file: string; format: string; first: string; last: string; session_id: string }

/** What the independent count calls each agent. */
const AGENTS: Record<string, string> = { claude: 'claude-code', codex: 'codex', gemini: 'gemini', opencode: 'opencode' }

function recordsOf(bytes: Buffer): RawRecord[] {
  const list = formats.flatMap(({ documentList }) => documentList ?? []).find((name) => parseDocumentHead(bytes, name))
  const splitter = createBlockSplitter()
  const stream = createRecordStream(list === undefined ? 'lines' : 'document', list ?? null)
  const records: RawRecord[] = []
  const take = (block: Block) => records.push(...stream.push(block))
  for (let at = 0; at < bytes.length; at += 50_000) splitter.push(bytes.subarray(at, at + 50_000)).forEach(take)
  splitter.end().forEach(take)
  return [...records, ...stream.end()]
}

function read(format: TranscriptFormat, records: RawRecord[]) {
  const reader = format.createReader()
  for (const record of records) reader.read(record)
  return { reader, ...reader.drain() }
}

const truths = existsSync(corpus)
  ? readFileSync(join(corpus, 'ground-truth.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Truth)
  : []

describe.skipIf(truths.length === 0)('real sessions', () => {
  test.each(truths.map((truth) => [truth.file, truth] as const))('%s is told apart and counted exactly', (_, truth) => {
    const records = recordsOf(readFileSync(join(corpus, truth.file)))
    const format = detectFormat(records.map((record) => record.value))
    const agent = formats.find((candidate) => candidate.agent === AGENTS[truth.format])?.agent ?? null
    expect(format?.agent ?? null).toBe(agent)
    if (format === null) return
    const counter = format.createCounter()
    for (const record of records) counter.count(record)
    const report = counter.report()
    expect({
      records: report.records,
      prompts: report.prompts,
      assistant: report.assistantMessages,
      calls: report.toolCalls,
      results: report.toolResults,
      errors: report.toolErrors,
      tok_in: report.tokens.input,
      tok_out: report.tokens.output,
      tok_cache_read: report.tokens.cacheRead,
      tok_cache_write: report.tokens.cacheWrite,
      first: new Date(report.firstAt ?? 0).toISOString(),
      last: new Date(report.lastAt ?? 0).toISOString(),
      bad: report.bad,
      unknown: report.unknownTypes,
    }).toEqual({
      records: truth.records,
      prompts: truth.prompts,
      assistant: truth.assistant,
      calls: truth.calls,
      results: truth.results,
      errors: truth.errors,
      tok_in: truth.tok_in,
      tok_out: truth.tok_out,
      tok_cache_read: truth.tok_cache_read,
      tok_cache_write: truth.tok_cache_write,
      first: truth.first,
      last: truth.last,
      bad: truth.bad,
      unknown: {},
    })
  })

  test('the rows of every session agree with its counts and are numbered without gaps', () => {
    for (const truth of truths) {
      const records = recordsOf(readFileSync(join(corpus, truth.file)))
      const format = detectFormat(records.map((record) => record.value))
      if (format === null) continue
      const { reader, messages } = read(format, records)
      expect([truth.file, reader.facts().sessionId]).toEqual([truth.file, truth.session_id])
      const main = messages.filter((row) => row.thread === '')
      const calls = main.filter((row) => row.kind === 'tool')
      if (main.length > 0) {
        const prompts = main.filter((row) => row.kind === 'prompt' && row.subtype === null)
        expect([truth.file, prompts.length]).toEqual([truth.file, truth.prompts])
        // Searches of the web have a row of their own, but are counted apart.
        expect([truth.file, calls.length]).toEqual([truth.file, (truth.calls ?? 0) + (truth.web ?? 0)])
        if (truth.format === 'codex') {
          expect([truth.file, calls.filter((row) => row.isError).length]).toEqual([truth.file, truth.errors])
        }
      }
      // The tail of a cut file states totals of what came before it, too.
      if (main.length > 0 && truth.session_id !== null) {
        const output = main.reduce((sum, row) => sum + (row.usage?.output ?? 0), 0)
        // Thoughts are counted apart by Gemini CLI, but what a row says is all that the model produced.
        expect([truth.file, output]).toEqual([truth.file, (truth.tok_out ?? 0) + (truth.tok_thoughts ?? 0)])
      }
      for (const thread of reader.threads().values()) {
        for (const [index, segment] of thread.segments.entries()) {
          const rows = messages.filter((row) => row.thread === thread.key && row.segment === index)
          expect(rows.map((row) => row.seq)).toEqual(Array.from({ length: segment.length }, (_, at) => at + 1))
        }
      }
    }
  })
})
