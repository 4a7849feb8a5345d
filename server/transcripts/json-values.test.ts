import { describe, expect, test } from 'vitest'
import { createRecordStream } from './json-document'
import { countLines, createBlockSplitter, parseBlock } from './json-values'
import type { Block, RawRecord } from './types'

function split(chunks: Buffer[], targetBytes?: number): Block[] {
  const splitter = createBlockSplitter({ targetBytes })
  const blocks = chunks.flatMap((chunk) => splitter.push(chunk))
  return blocks.concat(splitter.end())
}

function parseAll(blocks: Block[]): RawRecord[] {
  let line = 1
  return blocks.flatMap((block) => {
    const records = parseBlock(block, line)
    line += countLines(block)
    return records
  })
}

const read = (bytes: string | Buffer, targetBytes?: number) =>
  parseAll(split([Buffer.from(bytes as string)], targetBytes))
const values = (records: RawRecord[]) => records.map((record) => record.value)

/** A small generator with a fixed seed, so that a failure can be repeated. */
function createRandom(seed: number) {
  let state = seed
  return (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % below
  }
}

describe('records', () => {
  test('one value a line is read with its offset, length and line', () => {
    const records = read('{"a":1}\n{"b":"é"}\n')
    expect(records).toEqual([
      { offset: 0, length: 7, line: 1, value: { a: 1 }, problem: null, healed: false },
      { offset: 8, length: 10, line: 2, value: { b: 'é' }, problem: null, healed: false },
    ])
  })

  test('glued objects on one line are taken apart with their exact places', () => {
    const text = '{"a":"}{"}{"b":{"c":"\\"{"}}  {"d":1}\n{"e":1}'
    const records = read(text)
    expect(values(records)).toEqual([{ a: '}{' }, { b: { c: '"{' } }, { d: 1 }, { e: 1 }])
    expect(records.map((record) => text.slice(record.offset, record.offset + record.length))).toEqual([
      '{"a":"}{"}',
      '{"b":{"c":"\\"{"}}',
      '{"d":1}',
      '{"e":1}',
    ])
    expect(records.map((record) => [record.line, record.healed])).toEqual([
      [1, true],
      [1, true],
      [1, true],
      [2, false],
    ])
  })

  test('byte order mark, CRLF, blank lines and NUL bytes do not lose a record', () => {
    const records = read('\uFEFF{"a":1}\r\n\r\n   \n{"b":"x\0y"}\n\0\0\0{"c":2}\0\n')
    expect(values(records)).toEqual([{ a: 1 }, { b: 'xy' }, { c: 2 }])
    expect(records.map((record) => [record.offset, record.line, record.healed])).toEqual([
      [3, 1, true],
      [18, 4, true],
      [33, 5, true],
    ])
  })

  test('a complete value at the end of a file without newline counts, half a value is cut', () => {
    expect(values(read('{"a":1}\n{"b":2}'))).toEqual([{ a: 1 }, { b: 2 }])
    const blocks = split([Buffer.from('{"a":1}\n{"b":{"c":1},"d":"ha')])
    expect(blocks.map((block) => [block.complete, block.bytes.toString()])).toEqual([
      [true, '{"a":1}\n'],
      [false, '{"b":{"c":1},"d":"ha'],
    ])
    const records = parseAll(blocks)
    expect(records.map((record) => [record.value, record.problem])).toEqual([
      [{ a: 1 }, null],
      [null, 'cut'],
    ])
    expect(records[1]).toMatchObject({ offset: 8, length: 20, line: 2 })
  })

  test('a broken line and values that are no object are named and the rest is read', () => {
    const records = read('not json\n[1,2]\n42\n{"torn":"hel{"type":"user"}\n{"a":1}\n')
    expect(records.map((record) => [record.line, record.problem, record.value])).toEqual([
      [1, 'not_json', null],
      [2, 'not_an_object', null],
      [3, 'not_an_object', null],
      [4, 'not_json', null],
      [4, null, { type: 'user' }],
      [5, null, { a: 1 }],
    ])
  })

  test('invalid UTF-8 is read with replacement characters and says so', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"x'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\n{"b":"ü"}\n')])
    const records = read(bytes)
    expect(values(records)).toEqual([{ a: 'x\uFFFD\uFFFD' }, { b: 'ü' }])
    expect(records.map((record) => [record.problem, record.healed])).toEqual([
      ['bad_utf8', true],
      [null, false],
    ])
  })

  test('an empty source has no block and no record', () => {
    expect(split([])).toEqual([])
    expect(split([Buffer.alloc(0)])).toEqual([])
    expect(read('\n\n')).toEqual([])
  })
})

describe('blocks', () => {
  test('lines are gathered up to the target and a longer line is a block of its own', () => {
    const long = `{"x":"${'y'.repeat(100)}"}\n`
    const blocks = split([Buffer.from(`{"a":1}\n{"b":2}\n${long}{"c":3}\n`)], 32)
    expect(blocks.map((block) => block.bytes.toString())).toEqual(['{"a":1}\n{"b":2}\n', long, '{"c":3}\n'])
    expect(blocks.map((block) => block.offset)).toEqual([0, 16, 16 + long.length])
  })

  test('a line of 64 MB is read', () => {
    const line = Buffer.from(`{"image":"${'A'.repeat(64 * 1024 * 1024)}"}\n`)
    const chunks = Array.from({ length: Math.ceil(line.length / 1_000_000) }, (_, index) =>
      line.subarray(index * 1_000_000, (index + 1) * 1_000_000),
    )
    const records = parseAll(split(chunks))
    expect(records).toHaveLength(1)
    expect(String(records[0]?.value?.image)).toHaveLength(64 * 1024 * 1024)
  })

  test('however the bytes arrive, the blocks and records are the same and the blocks are the source', () => {
    const random = createRandom(7)
    const pieces = ['{"a":"é"}', '{"b":"}{"}{"c":1}', 'garbage', '', '\r', '{"n":"x\0"}', `{"l":"${'z'.repeat(90)}"}`]
    for (let round = 0; round < 200; round++) {
      const lines = Array.from({ length: random(12) }, () => pieces[random(pieces.length)])
      const source = Buffer.from(lines.join('\n') + (random(2) ? '\n' : '') + (random(3) ? '' : '{"half":'))
      const targetBytes = 1 + random(60)
      const expected = split([source], targetBytes)
      const chunks: Buffer[] = []
      for (let at = 0; at < source.length; ) {
        const size = 1 + random(20)
        chunks.push(source.subarray(at, at + size))
        at += size
      }
      const blocks = split(chunks, targetBytes)
      expect(blocks).toEqual(expected)
      expect(Buffer.concat(blocks.map((block) => block.bytes)).equals(source)).toBe(true)
      expect(parseAll(blocks)).toEqual(parseAll(split([source])))
    }
  })
})

describe('a line that is too long', () => {
  const limits = { targetBytes: 64, mostLineBytes: 1000, partBytes: 256 }

  function readLimited(text: string, piece: number) {
    const splitter = createBlockSplitter(limits)
    const stream = createRecordStream('lines', null, 0, limits.partBytes)
    const blocks: Block[] = []
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += piece) blocks.push(...splitter.push(bytes.subarray(at, at + piece)))
    blocks.push(...splitter.end())
    const records = [...blocks.flatMap((block) => stream.push(block)), ...stream.end()]
    const again = createRecordStream('lines', null, 0, limits.partBytes)
    const whole = blocks.filter((block) => block.bytes.length > 0).map((block) => ({ ...block, complete: true }))
    const replayed = [...whole.flatMap((block) => again.push(block)), ...again.end()]
    return { blocks, records, replayed }
  }

  test.each([1, 7, 100, 255, 256, 257, 1_000, 100_000])('costs itself alone, in pieces of %i bytes', (piece) => {
    const long = `{"long":"${'x\\"{'.repeat(1_000)}"}`
    const text = `{"a":1}\n${long}\n{"b":2}\n\n${long}\n{"c":3}`
    const { blocks, records, replayed } = readLimited(text, piece)
    expect(Buffer.concat(blocks.map((block) => block.bytes)).toString()).toBe(text)
    if (piece <= 1_000) expect(Math.max(...blocks.map((block) => block.bytes.length))).toBeLessThan(3_000)
    expect(values(records)).toEqual(
      [{ a: 1 }, null, { b: 2 }, null, { c: 3 }].map((value) =>
        piece > 1_000 && value === null ? JSON.parse(long) : value,
      ),
    )
    expect(replayed).toEqual(records)
    const [, first] = records
    expect([first?.line, first?.offset, first?.length]).toEqual([2, 8, long.length])
    if (piece <= 1_000) expect(first?.problem).toBe('too_long')
    expect(records.map((record) => record.line)).toEqual([1, 2, 3, 5, 6])
  })

  test('at the end of a source it is whole or cut, as its brackets say', () => {
    const open = `{"a":"${'\\\\x'.repeat(900)}`
    expect(readLimited(`{"b":1}\n${open}`, 50).records.at(-1)).toMatchObject({
      problem: 'cut',
      offset: 8,
      length: open.length,
    })
    expect(readLimited(`${open}"}`, 50).records).toMatchObject([{ problem: 'too_long', length: open.length + 2 }])
    const { blocks } = readLimited(open, 50)
    expect(blocks.every((block) => !block.complete)).toBe(true)
    expect(readLimited(`${open}"}`, 50).blocks.at(-1)?.complete).toBe(true)
  })

  test('a line of more values than are held is not read', () => {
    const line = `{"a":[${'[],'.repeat(2_100_000)}0]}`
    expect(read(`{"b":1}\n${line}\n{"c":1}`).map((record) => record.problem)).toEqual([null, 'too_many_values', null])
  })
})
