// Programs ask the same again and again while nothing happens. What was made of the database is the answer still for as
// long as the database holds the same, which it tells in one short question.
import { LRUCache } from 'lru-cache'
import type { Context } from '@/server/context'
import { takeSnapshot } from '@/server/services/snapshot'

/** `until-written`: made of rows alone. `a-moment`: also of what is there in folders, which changes without a write. */
export type Lasting = 'until-written' | 'a-moment'

type Answer = { snapshot: string; madeAt: number; body: Uint8Array<ArrayBuffer> }
type Making = { snapshot: string; body: Promise<Answer['body']> }

const MOMENT_MS = 1_000
const KEPT_BYTES = 16_000_000

/** By environment: there is one of it in a process, and tests have one each. */
const places = new WeakMap<object, { kept: LRUCache<string, Answer>; making: Map<string, Making> }>()

/**
 * The JSON that `make` gives for `question`, or what it gave before where that is the answer still. The same question
 * asked by several at once is answered by one `make`. A failure is everybody's who waited for it, and is not kept.
 */
export async function lastingAnswer(
  ctx: Context,
  question: string,
  lasting: Lasting,
  make: () => Promise<unknown>,
): Promise<Answer['body']> {
  const { kept, making } = placeOf(ctx)
  const address = `${ctx.actor.ownerId} ${question}`
  const snapshot = await takeSnapshot(ctx)
  const known = kept.get(address)
  if (known?.snapshot === snapshot && (lasting === 'until-written' || isFresh(ctx, known.madeAt))) return known.body
  const other = making.get(address)
  if (other?.snapshot === snapshot) return other.body
  const body = (async () => {
    const madeAt = ctx.now().getTime()
    const made = new TextEncoder().encode(JSON.stringify(await make()))
    // What was written meanwhile may be in one part of the answer and not in another: it is given, but not kept.
    if ((await takeSnapshot(ctx)) === snapshot) kept.set(address, { snapshot, madeAt, body: made })
    return made
  })()
  const mine = { snapshot, body }
  making.set(address, mine)
  try {
    return await body
  } finally {
    if (making.get(address) === mine) making.delete(address)
  }
}

function isFresh(ctx: Context, madeAt: number): boolean {
  const age = ctx.now().getTime() - madeAt
  return age >= 0 && age < MOMENT_MS
}

function placeOf(ctx: Context) {
  const place = places.get(ctx.env) ?? {
    kept: new LRUCache<string, Answer>({ maxSize: KEPT_BYTES, sizeCalculation: ({ body }) => body.byteLength + 500 }),
    making: new Map<string, Making>(),
  }
  places.set(ctx.env, place)
  return place
}
