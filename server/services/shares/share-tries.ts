// How often a share's password may be tried: whoever has the link can try, so wrong tries must neither open it nor keep
// its reader out. Tries take turns: the first few come at once, later ones seconds apart, and one whose turn is near waits
// for it. That is at most 17,280 tries a day, of more than two thousand million passwords of six letters and digits.
import { setTimeout as sleep } from 'node:timers/promises'
import { and, eq, isNull, lte, or, sql } from 'drizzle-orm'
import { shares } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

/** So many wrong passwords cost nothing. */
const FREE_TRIES = 5
/** Seconds between later tries: 1, 2, 4, and then this. */
const LONGEST_GAP_S = 5
/** A try whose turn is further off is refused at once, so that few wait. */
const LONGEST_WAIT_MS = 10_000

const gapOf = (triesBefore: number): number =>
  triesBefore < FREE_TRIES ? 0 : 1_000 * Math.min(LONGEST_GAP_S, 2 ** (triesBefore - FREE_TRIES))

/**
 * Counts a try as wrong before it is known to be right, so that many at the same moment are not more than one, and comes
 * back when it is its turn. @throws AppError `rate_limited` when that would take more than ten seconds.
 */
export async function waitForTurn(ctx: Context, shareId: string): Promise<void> {
  const now = ctx.now()
  const gap = sql`case when ${shares.failedTries} < ${FREE_TRIES} then 0
    else least(${LONGEST_GAP_S}, power(2, least(${shares.failedTries} - ${FREE_TRIES}, 10))) end * interval '1 second'`
  // Until then all turns are taken.
  const taken = sql`greatest(${shares.failedAt}, ${now.toISOString()}::timestamptz)`
  const isNear = or(isNull(shares.failedAt), lte(shares.failedAt, new Date(now.getTime() + LONGEST_WAIT_MS)))
  const [turn] = await ctx.db
    .update(shares)
    .set({ failedTries: sql`${shares.failedTries} + 1`, failedAt: sql`${taken} + ${gap}` })
    .where(and(eq(shares.id, shareId), isNear))
    .returning({ tries: shares.failedTries, until: shares.failedAt })
  if (!turn) throw new AppError('rate_limited', 'Too many passwords are tried. Try again in a few seconds.')
  const at = (turn.until ?? now).getTime() - gapOf(turn.tries - 1)
  if (at > now.getTime()) await sleep(at - now.getTime())
}

/** After a right password the tries before it no longer count. */
export async function forgetTries(ctx: Context, shareId: string): Promise<void> {
  await ctx.db.update(shares).set({ failedTries: 0, failedAt: null }).where(eq(shares.id, shareId))
}
