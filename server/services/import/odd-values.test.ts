// Whatever stands in one place of one record, it costs at most that record: its session is imported, its bytes are kept.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, createTestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { createTestContext, hashSource, importPath } from './test-import'
import { createHash } from 'node:crypto'

let database: TestDatabase
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  ctx = await createTestContext(database)
})
afterAll(() => database.close())

/** JSON texts, as some of these cannot be written from a value. */
const ODD = [
  JSON.stringify(
    Array.from({ length: 100_000 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * 7919) % 20_000))).join(''),
  ),
  '"a\\u0000b"',
  '"half \\ud800 of \\udc00 a pair"',
  '"\\u202e\\u0000\\ud83d"',
  '1e400',
  '-1e400',
  '-5',
  '9007199254740993000000',
  '0.5',
  'null',
  'true',
  `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
  '{"__proto__":{"a":1},"\\u0000":1,"\\ud800":"\\udfff"}',
  '"275760-09-13T00:00:00.000Z"',
  '"-000001-01-01T00:00:00Z"',
  '""',
  '[]',
  JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`key ${n}`, n]))),
]
const HOLE = '@@odd@@'

/** One place of so many is tried at once, others with another seed: all of them take minutes. */
const SHARE = Number(process.env.MAKIMA_ODD_SHARE ?? 2)
const SEED = Number(process.env.MAKIMA_ODD_SEED ?? 1)

type Path = (string | number)[]

function* leaves(value: unknown, path: Path = []): Generator<Path> {
  if (path.length > 0) yield path
  if (typeof value !== 'object' || value === null) return
  for (const [key, item] of Object.entries(value))
    yield* leaves(item, [...path, Array.isArray(value) ? Number(key) : key])
}

function withHole(value: unknown, path: Path): string {
  const copy = structuredClone(value)
  let at = copy as Record<string | number, unknown>
  for (const step of path.slice(0, -1)) at = at[step] as Record<string | number, unknown>
  at[path.at(-1) as string] = HOLE
  return JSON.stringify(copy)
}

/** A source for each place in which a value can stand, with an odd one there. */
function* variants(text: string, isDocument: boolean): Generator<string> {
  const records = (isDocument ? [text] : text.split('\n')).filter((line) => line.startsWith('{') && isJson(line))
  const seen = new Set<string>()
  let turn = 0
  for (const record of records) {
    const value = JSON.parse(record) as Record<string, unknown>
    for (const path of leaves(value)) {
      const name = `${String(value.type)} ${path.filter((step) => typeof step === 'string').join('.')}`
      if (seen.has(name)) continue
      seen.add(name)
      const odd = ODD[(turn++ + SEED) % ODD.length] as string
      if ((turn + SEED) % SHARE !== 0) continue
      yield text.replace(record, () => withHole(value, path).replace(`"${HOLE}"`, () => odd))
    }
  }
}

function isJson(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object'
  } catch {
    return false
  }
}

test.each(['claude-code.jsonl', 'codex.jsonl', 'gemini-journal.jsonl', 'gemini-document.json', 'opencode-export.json'])(
  '%s: no odd value anywhere costs its session',
  async (name) => {
    const text = readFileSync(join('server/transcripts/fixtures', name), 'utf8')
    const isDocument = name.endsWith('.json')
    const folder = mkdtempSync(join(tmpdir(), 'makima-odd-'))
    const source = isDocument ? JSON.stringify(JSON.parse(text)) : text
    const hashes = new Map<string, string>()
    let number = 0
    for (const variant of variants(source, isDocument)) {
      // Each is a session of its own: ids that are equal in the fixture stay equal in it.
      const own = variant.replace(/[0-9a-f]{4}-[0-9a-f]{12}|(?<=ses_|msg_|prt_|toolu_|call_)\w+/g, (id) =>
        id.includes('-')
          ? `${id.slice(0, 5)}${(BigInt(`0x${id.slice(5)}`) + BigInt(number) * 4099n).toString(16).padStart(12, '0').slice(-12)}`
          : `${id}${number}`,
      )
      const path = join(folder, `${number++}-${name}`)
      writeFileSync(path, own)
      hashes.set(path, createHash('sha256').update(own).digest('hex'))
    }
    const plain = await importPath(ctx, join('server/transcripts/fixtures', name))
    const report = await importPath(ctx, folder)
    expect(report.state).toBe('done')
    expect(number, `seed ${SEED}`).toBeGreaterThan(10)
    const wanting = report.sources.filter((one) => typeof one.skipped === 'string')
    // A document whose list of messages is none, or whose names are gone, is no transcript.
    expect(wanting.filter((one) => /fault|log has/.test(one.skipped ?? ''))).toEqual([])
    expect(wanting.length, wanting[0]?.skipped ?? '').toBeLessThan(number / 8 + 2)
    let whole = 0
    for (const one of report.sources) {
      if (one.id === null) continue
      expect(await hashSource(ctx, one.id)).toBe(hashes.get(one.path))
      whole += one.messages >= (plain.sources[0]?.messages ?? 0) - 1 ? 1 : 0
    }
    expect(whole).toBeGreaterThan(number * 0.75 - 2)
  },
)
