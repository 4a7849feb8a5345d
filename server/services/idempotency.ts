// A change that is asked for twice with the same key is done once; the second answer is the first one again.
import { createHash } from 'node:crypto'
import { and, eq, sql } from 'drizzle-orm'
import { idempotencyKeys } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

export type Answer = { status: number; body: unknown }

/** A key whose first request never ended (the process died) may be used again after so long. */
const ABANDONED = sql`interval '10 minutes'`
/** Keys are forgotten after this time. */
const KEPT = sql`interval '2 days'`

/**
 * Runs `work` once per key. `request` is what must be equal on a retry: method, path and body.
 * Throws `invalid` when the key was used for another request, `conflict` while the first one still runs.
 * A refusal (an error) frees the key, as nothing was changed.
 */
export async function once(ctx: Context, key: string, request: string, work: () => Promise<Answer>): Promise<Answer> {
  if (key.length < 1 || key.length > 200) {
    throw new AppError('invalid', 'An Idempotency-Key has 1 to 200 characters.')
  }
  const requestHash = createHash('sha256').update(request).digest()
  const own = and(eq(idempotencyKeys.ownerId, ctx.actor.ownerId), eq(idempotencyKeys.key, key))
  await ctx.db.delete(idempotencyKeys).where(sql`${idempotencyKeys.createdAt} < now() - ${KEPT}
    or (${idempotencyKeys.status} is null and ${idempotencyKeys.createdAt} < now() - ${ABANDONED})`)
  const claimed = await ctx.db
    .insert(idempotencyKeys)
    .values({ ownerId: ctx.actor.ownerId, key, requestHash })
    .onConflictDoNothing()
    .returning({ key: idempotencyKeys.key })
  if (claimed.length === 0) {
    const [first] = await ctx.db.select().from(idempotencyKeys).where(own)
    if (first && !first.requestHash.equals(requestHash)) {
      throw new AppError(
        'invalid',
        'This Idempotency-Key was used for another request. Use a new key for a new request.',
      )
    }
    if (!first || first.status === null) {
      throw new AppError(
        'conflict',
        'The first request with this Idempotency-Key is still running. Try again in a moment.',
      )
    }
    return { status: first.status, body: first.response }
  }
  try {
    const answer = await work()
    await ctx.db.update(idempotencyKeys).set({ status: answer.status, response: answer.body }).where(own)
    return answer
  } catch (error) {
    await ctx.db.delete(idempotencyKeys).where(own)
    throw error
  }
}
