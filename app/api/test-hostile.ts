// Hostile input for tests, generated from the schemas of the API so that it passes the first checks, with values in it that
// are hard to read, to keep or to count. The same seed gives the same input.

type Schema = {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  format?: string
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
}

/** Stands for a number that JSON can write and JavaScript cannot hold; see `toJson`. */
const HUGE = '@@1e400@@'

// biome-ignore format: a table
const TEXTS = [
  '', ' ', 'a', 'NaN', 'null', 'undefined', 'true', '0', '-1', '1e400', '٣', '１２', '½', '0x10', '2147483648', '99999999999', '9'.repeat(30), '1_000', '1,000',
  'a\u0000b', '\u0000', '\ud800', 'a\udc00b', '\u202egnp.exe', '\ufeff', '\u2028', '\r\n', '\u001b[31mred', '\u007f', '🧨'.repeat(50),
  "'; drop table contracts; --", '" or 1=1', '%', '_', '\\', '%00', '%ED%A0%80', '${7*7}', '{{7*7}}', '../../etc/passwd', '/dev/null/x',
  'C:\\x', '~', '-rf', '--upload-pack=x', '.', '..', '@{-1}', 'refs/heads/x', 'HEAD', 'a..b', 'a.lock', '__proto__', 'constructor', 'toString',
  'é'.repeat(300), 'x'.repeat(5_000), 'e\u0301', 'eyJhIjoxfQ', 'W10', 'bnVsbA', 'WyJhY3Rpdml0eSIsIngiLCJ4Il0', '!!!', 'a=b&c=d', '#', '?',
] as const
// biome-ignore format: a table
const TIMES = [
  '2026-01-31T12:00:00Z', '2026-01-31', '0000-01-01T00:00:00Z', '0001-01-01T00:00:00+14:00', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59-15:00',
  '2026-02-30T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T23:59:60Z', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', '2026-01-31T12:00:00.123456789Z',
  '2026-1-1', 'infinity', '-infinity', 'now', 'today', 'epoch', '٢٠٢٦-01-31T12:00:00Z', '2026-01-31T12:00:00+25:00', '1',
] as const
// biome-ignore format: a table
const NUMBERS = [
  0, -0, 1, -1, 2, 1.5, 100, 1_001, 2 ** 31 - 1, 2 ** 31, 2 ** 53, -(2 ** 53), 2 ** 63, 1e21, 1e300, -1e300, 1e-320, Number.MAX_VALUE, HUGE,
] as const
const NIL = '00000000-0000-0000-0000-000000000000'
// biome-ignore format: a table
const IDS = [
  NIL, 'ffffffff-ffff-ffff-ffff-ffffffffffff', '01890000-0000-7000-8000-000000000000', '01890000-0000-7000-8000-00000000000G', '{01890000-0000-7000-8000-000000000000}',
  '018900000000700080000000000000', 'urn:uuid:01890000-0000-7000-8000-000000000000', '01890000-0000-7000-8000-000000000000 ', '٠1890000-0000-7000-8000-000000000000', 'latest',
] as const

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export class Hostile {
  /** `ids`: of rows that are there. `resolve`: of a `$ref`. */
  constructor(
    private readonly random: () => number,
    private readonly ids: readonly string[],
    private readonly resolve: (ref: string) => Schema = () => ({}),
  ) {}

  chance = (part: number): boolean => this.random() < part
  pick = <T>(from: readonly T[]): T => from[Math.floor(this.random() * from.length)] as T
  text = (): string => this.pick(TEXTS)
  id = (): string => (this.chance(0.7) && this.ids.length > 0 ? this.pick(this.ids) : this.pick(IDS))

  /** What lists give out, made by hand. */
  cursor(): string {
    const parts = [this.pick([...TIMES, ...TEXTS, this.pick(['activity', 'name', 'cost', 'tokens'])]), this.id()]
    const order = this.pick(['activity', 'name', 'cost', 'tokens'])
    const value = this.pick([
      ...TIMES,
      ...TEXTS,
      ...NUMBERS.map(String),
      '2026-02-30 10:00:00+00',
      '2026-02-20 10:00:00+15',
    ])
    const made = this.pick([
      toJson(parts),
      toJson([order, value, this.id()]),
      toJson(this.pick(NUMBERS)),
      toJson(this.odd()),
      `${this.pick(NUMBERS)}|${this.pick([this.id(), '-'.repeat(36)])}`,
      `1767225600000|${'-'.repeat(36)}`,
    ])
    return Buffer.from(made).toString('base64url')
  }

  /** Anything at all. */
  odd(depth = 0): unknown {
    const kind = Math.floor(this.random() * (depth > 3 ? 5 : 8))
    if (kind === 0) return this.text()
    if (kind === 1) return this.pick(NUMBERS)
    if (kind === 2) return this.pick([null, true, false])
    if (kind === 3) return this.pick(TIMES)
    if (kind === 4) return this.id()
    if (kind === 5) return Array.from({ length: Math.floor(this.random() * 4) }, () => this.odd(depth + 1))
    if (kind === 6) return { [this.text()]: this.odd(depth + 1), id: this.odd(depth + 1) }
    return this.deep()
  }

  /** What `schema` asks for, or nearly. */
  like(schema: Schema, depth = 0): unknown {
    if (depth > 6 || this.chance(depth === 0 ? 0.03 : 0.12)) return this.odd(depth)
    if (schema.$ref) return this.like(this.resolve(schema.$ref), depth + 1)
    const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf
    if (choices) return this.like(this.pick(choices), depth)
    if (schema.const !== undefined) return schema.const
    if (schema.enum) return this.pick(schema.enum)
    const type = Array.isArray(schema.type) ? this.pick(schema.type) : schema.type
    if (type === 'object') return this.object(schema, depth)
    if (type === 'array') {
      return Array.from({ length: Math.floor(this.random() * 4) }, () => this.like(schema.items ?? {}, depth + 1))
    }
    if (type === 'integer' || type === 'number') return this.chance(0.5) ? 1 : this.pick(NUMBERS)
    if (type === 'boolean') return this.chance(0.5)
    if (type === 'null') return null
    if (type === 'string') return this.string(schema)
    return this.odd(depth)
  }

  private string({ format }: Schema): string {
    if (format === 'uuid') return this.id()
    if (format?.startsWith('date')) return this.pick(TIMES)
    const kind = this.random()
    if (kind < 0.15) return this.id()
    if (kind < 0.25) return this.pick(TIMES)
    return kind < 0.5 ? 'plain words' : this.text()
  }

  private object({ properties = {}, required = [] }: Schema, depth: number): object {
    const members = Object.entries(properties).filter(([name]) => this.chance(required.includes(name) ? 0.97 : 0.4))
    const made = Object.fromEntries(members.map(([name, of]) => [name, this.like(of, depth + 1)]))
    if (this.chance(0.05))
      Object.defineProperty(made, this.pick(['__proto__', 'a\u0000', 'x']), {
        value: this.odd(depth + 1),
        enumerable: true,
        writable: true,
        configurable: true,
      })
    return made
  }

  private deep(): unknown {
    let made: unknown = this.text()
    for (let depth = this.pick([3, 50, 101, 3_000]); depth > 0; depth -= 1)
      made = this.chance(0.5) ? [made] : { a: made }
    return made
  }
}

/** JSON that also says what no value of JavaScript can. */
export const toJson = (value: unknown): string => JSON.stringify(value).replaceAll(`"${HUGE}"`, '1e400')

/** Bodies that are no JSON object. */
// biome-ignore format: a table
export const NO_OBJECTS = [
  '', ' ', 'null', '[]', '"x"', '1e400', '{', '{"a":', '{"a":1,}', "{'a':1}", '\ufeff{}', '{"__proto__":{"polluted":1}}', '{"a":1,"a":2}', '{"\\ud800":1}',
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`, `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, 'x'.repeat(1_000_001),
] as const
