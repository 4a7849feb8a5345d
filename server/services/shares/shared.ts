// What somebody with a link may see: that one frozen conversation, and no way from it to anything else.
import { and, eq, sql } from 'drizzle-orm'
import { createHash, timingSafeEqual } from 'node:crypto'
import { sharePages, shares } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { isPassword } from './share-password'
import { forgetTries, waitForTurn } from './share-tries'
import type { SharedConversation, SharedMessage } from './share-views'
import { hashToken } from './shares'

export type Reader = {
  token: string
  /** From 1 on. */
  page: number
  /** Given now, or null. */
  password: string | null
  /** What `passOf` answered when the password was given before. */
  pass: string | null
}

type Row = typeof shares.$inferSelect

/**
 * Null `conversation`: a password is needed (`tried`: one was given and is wrong). `pass` opens it the next time.
 * @throws AppError `not_found` for a link that leads nowhere (any more), `rate_limited` while many passwords are tried.
 */
export async function readShared(
  ctx: Context,
  reader: Reader,
): Promise<{ conversation: SharedConversation | null; tried: boolean; pass: string | null }> {
  const row = await findOpen(ctx, reader.token)
  let pass: string | null = null
  if (row.passwordHash !== null) {
    pass = passOf(row)
    const isKnown = reader.pass !== null && isSame(reader.pass, pass)
    if (!isKnown && reader.password === null) return { conversation: null, tried: false, pass: null }
    if (!isKnown && !(await tryPassword(ctx, row, reader.password ?? ''))) {
      return { conversation: null, tried: true, pass: null }
    }
  }
  const page = Math.min(Math.max(1, reader.page), Math.max(1, row.pages))
  const [found] = await ctx.db
    .select({ messages: sharePages.messages })
    .from(sharePages)
    .where(and(eq(sharePages.shareId, row.id), eq(sharePages.number, page)))
  if (page === 1) await countView(ctx, row.id)
  const { note = null, agent = '' } = row.content as { note?: string | null; agent?: string }
  return {
    conversation: {
      title: row.title,
      note,
      agent,
      createdAt: row.createdAt,
      messages: row.messages,
      page,
      pages: row.pages,
      entries: (found?.messages ?? []) as SharedMessage[],
    },
    tried: false,
    pass,
  }
}

async function findOpen(ctx: Context, token: string): Promise<Row> {
  const [row] = await ctx.db
    .select()
    .from(shares)
    .where(eq(shares.tokenHash, hashToken(token)))
  // A wrong link, a revoked one and one that never was are told alike.
  if (!row || row.revokedAt !== null) {
    throw new AppError('not_found', 'This link leads nowhere. It may have been taken back; ask who sent it.')
  }
  if (row.expiresAt !== null && row.expiresAt <= ctx.now()) {
    throw new AppError('not_found', 'This link is over. Ask who sent it for a new one.')
  }
  return row
}

async function tryPassword(ctx: Context, row: Row, password: string): Promise<boolean> {
  await waitForTurn(ctx, row.id)
  const isRight = await isPassword(password, row.passwordHash ?? '')
  if (isRight) await forgetTries(ctx, row.id)
  return isRight
}

async function countView(ctx: Context, id: string): Promise<void> {
  await ctx.db
    .update(shares)
    .set({ views: sql`${shares.views} + 1`, lastViewedAt: ctx.now() })
    .where(eq(shares.id, id))
}

/** Known only to who gave the password of this share: its slow hash never leaves the server. */
function passOf({ passwordHash, tokenHash }: Row): string {
  return createHash('sha256').update(`${passwordHash}\n${tokenHash}`).digest('base64url')
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
