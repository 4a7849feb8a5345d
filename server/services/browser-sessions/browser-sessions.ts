// Browsers that were let in: begun by a one-time link, known again by their cookie, listed, and ended.
import { randomBytes } from 'node:crypto'
import Bowser from 'bowser'
import { and, desc, eq, isNull, lt, sql } from 'drizzle-orm'
import { browserSessions } from '@/db/browser-session-tables'
import { newId } from '@/db/ids'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { refuseKeys } from '@/server/services/api-keys'
import { trustedRows } from '@/server/services/trusted-rows'
import { hashSecret } from './entry-links'

const DAY_MS = 86_400_000
/** A browser that was away for so long asks for a new link. */
const UNUSED_MS = 90 * DAY_MS
/** The last use is kept to the minute: writing it at each request would cost more than the request. */
const USE_MS = 60_000

export type BrowserSessionView = {
  id: string
  /** Which browser, as it says itself. */
  browser: string
  state: 'open' | 'ended'
  /** True for the one that asks. */
  isThis: boolean
  createdAt: Date
  lastUsedAt: Date
  /** When it ends by itself if it is not used before. */
  expiresAt: Date
}

/** Lets a browser in. The secret is for its cookie and kept nowhere else. `userAgent`: what it says of itself. */
export async function beginBrowserSession(
  ctx: Context,
  asked: { ownerId: string; userAgent: string | null },
): Promise<{ secret: string }> {
  const secret = randomBytes(32).toString('base64url')
  const now = ctx.now()
  await ctx.db.insert(browserSessions).values({
    id: newId(),
    ownerId: asked.ownerId,
    secretHash: hashSecret(secret),
    browser: nameBrowser(asked.userAgent),
    createdAt: now,
    lastUsedAt: now,
  })
  return { secret }
}

const trusted = trustedRows<Row>('browser session')

/** The context of the browser that shows `secret`, or null when no open session has it. */
export async function enterWithSession(ctx: Context, secret: string): Promise<Context | null> {
  const hash = hashSecret(secret)
  const row = trusted.get(hash) ?? (await findOpen(ctx, hash))
  if (row === null) return null
  return { ...ctx, actor: { ...ctx.actor, ownerId: row.ownerId, sessionId: row.id } }
}

async function findOpen(ctx: Context, secretHash: string): Promise<Row | null> {
  const [row] = await ctx.db
    .select()
    .from(browserSessions)
    .where(eq(browserSessions.secretHash, sql.placeholder('hash')))
    .prepare('browser_session')
    .execute({ hash: secretHash })
  const now = ctx.now()
  if (row === undefined || stateOf(row, now) !== 'open') return null
  const before = new Date(now.getTime() - USE_MS)
  if (row.lastUsedAt < before) {
    await ctx.db
      .update(browserSessions)
      .set({ lastUsedAt: now })
      .where(and(eq(browserSessions.id, row.id), lt(browserSessions.lastUsedAt, before)))
  }
  trusted.set(secretHash, row)
  return row
}

/** False once the session of a context was ended or has expired; true for who came without one. */
export async function isSessionOpen(ctx: Context): Promise<boolean> {
  const { sessionId } = ctx.actor
  if (sessionId === undefined) return true
  const [row] = await ctx.db.select().from(browserSessions).where(eq(browserSessions.id, sessionId))
  return row !== undefined && stateOf(row, ctx.now()) === 'open'
}

/** The browsers that are let in, newest first. */
export async function listBrowserSessions(ctx: Context): Promise<BrowserSessionView[]> {
  const rows = await ctx.db
    .select()
    .from(browserSessions)
    .where(and(eq(browserSessions.ownerId, ctx.actor.ownerId), isNull(browserSessions.endedAt)))
    .orderBy(desc(browserSessions.createdAt), desc(browserSessions.id))
    .limit(500)
  return rows.map((row) => toView(ctx, row)).filter(({ state }) => state === 'open')
}

/** Shuts a browser out at once. @throws AppError `not_found`, `forbidden` when it is asked for with an API key. */
export async function endBrowserSession(ctx: Context, { id }: { id: string }): Promise<BrowserSessionView> {
  refuseKeys(ctx, 'A key cannot shut browsers out. Do it in the settings or on the command line.')
  const own = and(eq(browserSessions.id, id), eq(browserSessions.ownerId, ctx.actor.ownerId))
  await ctx.db
    .update(browserSessions)
    .set({ endedAt: ctx.now() })
    .where(and(own, isNull(browserSessions.endedAt)))
  const [row] = await ctx.db.select().from(browserSessions).where(own)
  if (row === undefined) throw new AppError('not_found', 'No browser with this id was let in.')
  trusted.delete(row.secretHash)
  return toView(ctx, row)
}

type Row = typeof browserSessions.$inferSelect

const expiryOf = (row: Row): Date => new Date(row.lastUsedAt.getTime() + UNUSED_MS)

const stateOf = (row: Row, now: Date): BrowserSessionView['state'] =>
  row.endedAt !== null || expiryOf(row) <= now ? 'ended' : 'open'

function toView(ctx: Context, row: Row): BrowserSessionView {
  const { id, browser, createdAt, lastUsedAt } = row
  const isThis = id === ctx.actor.sessionId
  return { id, browser, state: stateOf(row, ctx.now()), isThis, createdAt, lastUsedAt, expiresAt: expiryOf(row) }
}

/** "Firefox on Linux", as far as the browser says it. */
function nameBrowser(userAgent: string | null): string {
  if (!userAgent) return 'A browser that does not say which it is'
  const parsed = Bowser.parse(userAgent.slice(0, 500))
  const name = parsed.browser.name || 'A browser'
  return `${name}${parsed.os.name ? ` on ${parsed.os.name}` : ''}`.slice(0, 100)
}
