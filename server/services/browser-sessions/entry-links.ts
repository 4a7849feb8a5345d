// Links that let one browser in, once. Whoever reads the local token, or is let in already, may make one.
import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, isNull, lt } from 'drizzle-orm'
import { z } from 'zod'
import { entryLinks } from '@/db/browser-session-tables'
import type { Context } from '@/server/context'
import { refuseKeys } from '@/server/services/api-keys'

/** Long enough to walk to the other machine, short enough that one left in a terminal's history opens nothing. */
const GOOD_FOR_MS = 60 * 60_000

export const ENTRY_PATH = '/enter'

export const entryLinkInput = z.object({
  /** The page that is shown once the browser is in. */
  path: z.string().max(2_000).default('/'),
})

/** `path` is what stands behind the address by which that browser reaches Makima. */
export type EntryLink = { path: string; expiresAt: Date }

/** The secret is in the answer only. @throws AppError `forbidden` when it is asked for with an API key. */
export async function createEntryLink(ctx: Context, asked: z.output<typeof entryLinkInput>): Promise<EntryLink> {
  refuseKeys(ctx, 'A key cannot let browsers in. Make the link with `makima open`, or in a browser that is in already.')
  const secret = randomBytes(32).toString('base64url')
  const now = ctx.now()
  const expiresAt = new Date(now.getTime() + GOOD_FOR_MS)
  await ctx.db.delete(entryLinks).where(lt(entryLinks.expiresAt, now))
  await ctx.db
    .insert(entryLinks)
    .values({ secretHash: hashSecret(secret), ownerId: ctx.actor.ownerId, createdAt: now, expiresAt })
  const query = new URLSearchParams({ t: secret })
  const to = ownPath(asked.path)
  if (to !== '/') query.set('to', to)
  return { path: `${ENTRY_PATH}?${query}`, expiresAt }
}

/** Uses a link up. Its owner, or null for one that is not known, expired or was used before. */
export async function redeemEntryLink(ctx: Context, secret: string): Promise<{ ownerId: string } | null> {
  const now = ctx.now()
  const [row] = await ctx.db
    .update(entryLinks)
    .set({ usedAt: now })
    .where(and(eq(entryLinks.secretHash, hashSecret(secret)), isNull(entryLinks.usedAt), gt(entryLinks.expiresAt, now)))
    .returning({ ownerId: entryLinks.ownerId })
  return row ?? null
}

/** A path on this Makima; anything that a browser would take for another site becomes the first page. */
export function ownPath(path: string): string {
  const base = 'http://makima.invalid'
  // Browsers drop tabs and line ends, and take a backslash for a slash.
  if (!path.startsWith('/') || /[\\\s\p{Cc}]/u.test(path) || !URL.canParse(path, base)) return '/'
  const url = new URL(path, base)
  return url.origin === base && !url.pathname.startsWith('//') ? `${url.pathname}${url.search}${url.hash}` : '/'
}

/** What is kept of a secret with 256 random bits: such a one needs no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
