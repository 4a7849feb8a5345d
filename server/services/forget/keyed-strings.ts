// Owns how a forgotten string is found again without being kept: of each spelling its length, a Rabin-Karp sum with a secret
// base, and an HMAC that decides. One pass for each length, whatever the number of strings.
import { sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { tombstones } from '@/db/forget-tables'
import type { Context } from '@/server/context'
import type { Matcher, Stretch } from './blank'
import { homeKey, keyedHash } from './home-key'

type Keyed = { size: number; rolling: number; hash: string }

/** Odd, so that no byte is lost on its way out of the sum; from the key, so that a sum tells nothing without it. */
export function baseOf(ctx: Context): number {
  homeKey(ctx)
  return (keyedHash(ctx, 'rolling base').readUInt32BE(0) | 1) >>> 0
}

export function sumOf(base: number, bytes: Buffer): number {
  let sum = 0
  for (const byte of bytes) sum = (Math.imul(sum, base) + byte + 1) | 0
  return sum >>> 0
}

export async function markString(ctx: Context, forgettingId: string, spellings: readonly string[]): Promise<void> {
  const base = baseOf(ctx)
  const rows = spellings.map((spelling) => {
    const bytes = Buffer.from(spelling)
    return {
      id: newId(),
      ownerId: ctx.actor.ownerId,
      forgettingId,
      kind: 'string',
      hash: keyedHash(ctx, 'string', bytes),
      size: bytes.length,
      rolling: sumOf(base, bytes),
    }
  })
  await ctx.db.insert(tombstones).values(rows).onConflictDoNothing()
}

/** One matcher for each string that was forgotten, the first one first; each works on what those before it left. */
export async function loadForgottenStrings(ctx: Context): Promise<Matcher[]> {
  const rows = await ctx.db.execute<{ act: string; size: number; rolling: number; hash: string }>(sql`
    select forgetting_id as act, size, rolling::float8 as rolling, encode(hash, 'hex') as hash from tombstones
    where owner_id = ${ctx.actor.ownerId} and kind = 'string' order by forgetting_id, size`)
  const acts = new Map<string, Keyed[]>()
  for (const { act, ...keyed } of rows) acts.set(act, [...(acts.get(act) ?? []), keyed])
  return [...acts.values()].map((keyed) => keyedMatcher(ctx, keyed))
}

export function keyedMatcher(ctx: Context, keyed: readonly Keyed[]): Matcher {
  const base = baseOf(ctx)
  const bySize = new Map<number, Map<number, Set<string>>>()
  for (const { size, rolling, hash } of keyed) {
    const sums = bySize.get(size) ?? new Map<number, Set<string>>()
    bySize.set(size, sums.set(rolling, (sums.get(rolling) ?? new Set()).add(hash)))
  }
  return {
    longest: Math.max(...bySize.keys()),
    find: (bytes) =>
      [...bySize].flatMap(([size, sums]) =>
        findSums(bytes, size, base, sums).filter(({ from, to }) => {
          const hash = keyedHash(ctx, 'string', bytes.subarray(from, to)).toString('hex')
          return sums.get(sumOf(base, bytes.subarray(from, to)))?.has(hash) ?? false
        }),
      ),
  }
}

/** Where the sum of `size` bytes is one of these. */
function findSums(bytes: Buffer, size: number, base: number, sums: ReadonlyMap<number, unknown>): Stretch[] {
  if (bytes.length < size) return []
  const found: Stretch[] = []
  let power = 1
  for (let n = 1; n < size; n++) power = Math.imul(power, base)
  // One sum is by far the usual number: comparing it is faster than asking the map at each byte.
  const [only] = sums.size === 1 ? [...sums.keys()].map((sum) => sum | 0) : []
  let sum = sumOf(base, bytes.subarray(0, size)) | 0
  for (let from = 0; ; from++) {
    if (only === undefined ? sums.has(sum >>> 0) : sum === only) found.push({ from, to: from + size })
    if (from + size >= bytes.length) return found
    const out = Math.imul((bytes[from] as number) + 1, power)
    sum = (Math.imul((sum - out) | 0, base) + (bytes[from + size] as number) + 1) | 0
  }
}
