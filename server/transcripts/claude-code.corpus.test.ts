// Real sessions, when they are at hand: what is counted must be what was counted by other means.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claudeCode } from './claude-code'
import { countLines, createBlockSplitter, parseBlock } from './json-values'
import type { Block, RawRecord } from './types'

const corpus = join(process.cwd(), '../shared/corpus')
const claude = join(corpus, 'claude-code')

function recordsOf(bytes: Buffer): RawRecord[] {
  const splitter = createBlockSplitter()
  const records: RawRecord[] = []
  const blocks: Block[] = []
  let line = 1
  const take = (block: Block) => {
    blocks.push(block)
    records.push(...parseBlock(block, line))
    line += countLines(block)
  }
  for (let at = 0; at < bytes.length; at += 50_000) splitter.push(bytes.subarray(at, at + 50_000)).forEach(take)
  splitter.end().forEach(take)
  expect(Buffer.concat(blocks.map((block) => block.bytes)).equals(bytes)).toBe(true)
  return records
}

function count(records: RawRecord[]) {
  const counter = claudeCode.createCounter()
  for (const record of records) counter.count(record)
  return counter.report()
}

function read(records: RawRecord[]) {
  const reader = claudeCode.createReader()
  for (const record of records) reader.read(record)
  return { reader, ...reader.drain() }
}

const load = (name: string) => recordsOf(readFileSync(join(claude, name)))

describe.skipIf(!existsSync(corpus))('real sessions', () => {
  test('native rewinds are found and nothing else is taken for one', () => {
    const rewound: Record<string, number> = {}
    const names = ['rewind-first-prompt', 'rewind-edited-prompt', 'compaction-three', 'glued-records-resumed']
    for (const name of [...names, 'two-session-ids', 'resume-synthetic-tiny', 'microcompact-slice']) {
      rewound[name] = read(load(`${name}.jsonl`)).facts.filter((fact) => fact.type === 'native_rewind').length
    }
    expect(rewound).toEqual({
      'rewind-first-prompt': 1,
      'rewind-edited-prompt': 1,
      'compaction-three': 0,
      'glued-records-resumed': 0,
      'two-session-ids': 0,
      'resume-synthetic-tiny': 0,
      'microcompact-slice': 0,
    })
  })

  test('a fork shares the records of its origin and goes on in a segment of its own', () => {
    const { reader } = read(load('rewind-first-prompt.jsonl'))
    const before = reader.threads().get('')?.segments.length ?? 0
    const shared = reader.threads().get('')?.head
    reader.beginFork()
    reader.beginSource(1)
    for (const record of load('fork-of-rewind-first-prompt.jsonl')) reader.read(record)
    const { messages } = reader.drain()
    expect(reader.threads().get('')?.segments[before]?.parent).toEqual(shared)
    expect(messages.every((row) => row.source === 1 && (row.thread !== '' || row.segment >= before))).toBe(true)
    expect(messages.filter((row) => row.thread === '' && row.kind === 'prompt' && row.subtype === null)).toHaveLength(
      12,
    )
    expect(reader.facts()).toMatchObject({ background: true, otherSessionIds: [] })
  })

  test('a subagent with a file of its own is linked to its call, whichever file is read first', () => {
    const main = load('native/4d5611e5-241a-462a-8d15-5122611a9569.jsonl')
    const agent = load('native/4d5611e5-241a-462a-8d15-5122611a9569/subagents/agent-a2898e3.jsonl')
    for (const agentFirst of [true, false]) {
      const reader = claudeCode.createReader()
      reader.ignoreInlineThreads(['a2898e3'])
      if (agentFirst) for (const record of agent) reader.read(record, 'a2898e3')
      for (const record of main) reader.read(record)
      if (!agentFirst) for (const record of agent) reader.read(record, 'a2898e3')
      expect(reader.threads().get('a2898e3')).toMatchObject({
        spawnedByToolId: 'toolu_017pLRuPHYTX5t99EnLyV53m',
        agentType: 'Explore',
        finished: true,
        messageCount: 41,
        toolCallCount: 33,
      })
      expect(reader.threads().get('')).toMatchObject({ messageCount: 259, toolCallCount: 150 })
    }
  })
})

describe.skipIf(!existsSync(corpus))('the bundle of checkpoints', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'makima-bundle-'))
    const bundle = join(corpus, 'entire/cli.bundle')
    execFileSync('git', ['clone', '--quiet', '--mirror', bundle, folder], { stdio: 'ignore' })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('every Claude Code transcript holds as many records as expected and no line is bad or unknown', () => {
    const [, ...rows] = readFileSync(join(corpus, 'entire/bundle-join.tsv'), 'utf8').trim().split('\n')
    const expected = new Map<string, number>()
    for (const row of rows) {
      const [, , , , , , , format, blob, , records] = row.split('\t')
      if (format === 'claude' && blob) expected.set(blob, Number(records))
    }
    expect(expected.size).toBeGreaterThan(100)
    for (const [blob, records] of expected) {
      const bytes = execFileSync('git', ['-C', folder, 'cat-file', 'blob', blob], { maxBuffer: 1 << 28 })
      expect([blob, count(recordsOf(bytes))]).toMatchObject([blob, { records, bad: 0, unknown: 0 }])
    }
  })
})
