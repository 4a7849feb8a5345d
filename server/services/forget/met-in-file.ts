// A contract's file that was written before a string was forgotten holds it still: such a file is refused.
import { AppError } from '@/server/errors'
import { listNeeded } from '@/server/git/pack'
import type { Store } from '@/server/git/types'
import type { Context } from '@/server/context'
import type { Matcher } from './blank'
import { loadForgottenStrings } from './keyed-strings'
import { findObjects } from './string-code'

const REFUSAL =
  'The file holds a string that was forgotten here. Nothing was imported. To import it all the same, allow the string again in the settings, or with `makima forget allow`.'

/** Looks through the rows of a file. @throws AppError `conflict` */
export async function refuseStringsInRows(ctx: Context, rows: AsyncIterable<unknown>): Promise<void> {
  const matchers = await loadForgottenStrings(ctx)
  if (matchers.length === 0) return
  for await (const row of rows) refuseBytes(matchers, Buffer.from(JSON.stringify(row)))
}

/** The same for a piece of a transcript; for many, with the matchers of `loadForgottenStrings`. */
export function refuseBytes(matchers: readonly Matcher[], bytes: Buffer): void {
  if (matchers.some((matcher) => matcher.find(bytes).length > 0)) throw new AppError('conflict', REFUSAL)
}

/** The same for the files of commits that have come and are not named yet. */
export async function refuseStringsInCode(ctx: Context, store: Store, shas: readonly string[]): Promise<void> {
  const matchers = await loadForgottenStrings(ctx)
  if (matchers.length === 0) return
  const { objects } = await listNeeded(store, [...new Set(shas)])
  for (const matcher of matchers) {
    const bad = await findObjects(store, objects, matcher)
    if (bad.size > 0) throw new AppError('conflict', REFUSAL)
  }
}
