// Makes, lists and revokes shares. A share is a record of its own: it needs nothing of the task that it was made of.
import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { sharePages, shares } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { decodePlace, encodePlace } from '@/server/services/cursors'
import { recordEvents } from '@/server/services/history'
import type { pageInput } from '@/server/services/inputs'
import type { z } from 'zod'
import { makeShareContent } from './share-content'
import { expiryOf, type ShareCreateInput, type SharePreviewInput } from './share-inputs'
import { hashPassword } from './share-password'
import type { MadeShare, SharedMessage, SharePage, SharePreview, ShareView } from './share-views'

const PAGE_MESSAGES = 100
/** A page stays readable for a phone, whatever tools wrote. */
const PAGE_CHARACTERS = 300_000

/** `signal`: aborted when who asked is gone; then the looking ends. */
export async function previewShare(
  ctx: Context,
  asked: SharePreviewInput,
  signal?: AbortSignal,
): Promise<SharePreview> {
  const { title, note, messages, findings, moreFindings } = await previewed(ctx, asked, signal)
  const pages = paginate(messages)
  const page = pages[Math.min(asked.page, pages.length) - 1] ?? []
  const images = messages.reduce((sum, message) => sum + (message.images?.length ?? 0), 0)
  return { title, note, messages: messages.length, findings, moreFindings, images, page, pages: pages.length }
}

/** The last preview, for its further pages: looking through a long conversation takes seconds. */
let last: { key: string; at: number; content: ReturnType<typeof makeShareContent> } | null = null
const LAST_MS = 60_000

function previewed(
  ctx: Context,
  { page, ...asked }: SharePreviewInput,
  signal?: AbortSignal,
): ReturnType<typeof makeShareContent> {
  const key = JSON.stringify([ctx.actor.ownerId, asked])
  const now = ctx.now().getTime()
  // Its first page is always made anew: it shows the conversation as it is now.
  if (page > 1 && last?.key === key && now - last.at < LAST_MS) return last.content
  const content = makeShareContent(ctx, asked, signal)
  const made = { key, at: now, content }
  last = made
  const forget = () => {
    if (last === made) last = null
  }
  content.catch(forget)
  setTimeout(forget, LAST_MS).unref()
  return content
}

/** The token is in the answer only. @throws AppError `invalid` for an expiry that is over already. */
export async function createShare(ctx: Context, asked: ShareCreateInput, signal?: AbortSignal): Promise<MadeShare> {
  const now = ctx.now()
  const expiresAt = expiryOf(asked, now)
  if (expiresAt && expiresAt <= now) throw new AppError('invalid', 'The link would be over before it is made.')
  const content = await makeShareContent(ctx, asked, signal)
  if (content.messages.length === 0) throw new AppError('precondition_failed', 'There is nothing to share here yet.')
  const pages = paginate(content.messages)
  const token = randomBytes(32).toString('base64url')
  const masked = content.masked + asked.mask.length
  const id = newId()
  const passwordHash = asked.password ? await hashPassword(asked.password) : null
  await withTransaction(ctx, async (tx) => {
    await tx.db.insert(shares).values({
      id,
      ownerId: tx.actor.ownerId,
      tokenHash: hashToken(token),
      title: content.title,
      content: { note: content.note, agent: content.agent, masked },
      contractId: content.contractId,
      taskId: asked.taskId,
      messages: content.messages.length,
      pages: pages.length,
      passwordHash,
      expiresAt,
      createdAt: now,
    })
    for (const [index, messages] of pages.entries()) {
      await tx.db.insert(sharePages).values({ shareId: id, number: index + 1, messages })
    }
    await recordEvents(tx, [
      {
        eventType: 'share.created',
        eventData: {
          shareId: id,
          title: content.title,
          messages: content.messages.length,
          expiresAt: expiresAt?.toISOString() ?? null,
        },
        contractId: content.contractId,
        taskId: asked.taskId,
        at: now,
      },
    ])
  })
  const path = `/share/${token}`
  const { shareUrl } = ctx.env
  return { ...(await getShare(ctx, id)), token, path, url: shareUrl === null ? null : `${shareUrl}${path}` }
}

/** Newest first, those that are over too. */
export async function listShares(ctx: Context, input: z.output<typeof pageInput>): Promise<SharePage> {
  const own = eq(shares.ownerId, ctx.actor.ownerId)
  const place = input.cursor ? decodePlace(input.cursor) : null
  const rows = await ctx.db
    .select()
    .from(shares)
    .where(
      place ? and(own, sql`(${shares.createdAt}, ${shares.id}) < (${place.at}::timestamptz, ${place.id}::uuid)`) : own,
    )
    .orderBy(desc(shares.createdAt), desc(shares.id))
    .limit(input.limit + 1)
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    entries: page.map((row) => toView(row, ctx.now())),
    nextCursor: rows.length > input.limit && last ? encodePlace(last.createdAt, last.id) : null,
    previousCursor: null,
    totalCount: await ctx.db.$count(shares, own),
  }
}

/** The link leads nowhere from now on, and what it showed is deleted. Doing it twice is doing it once. */
export async function revokeShare(ctx: Context, input: { id: string }): Promise<ShareView> {
  const { title, contractId, taskId } = await getShare(ctx, input.id)
  await withTransaction(ctx, async (tx) => {
    const revoked = await tx.db
      .update(shares)
      .set({ revokedAt: tx.now() })
      .where(and(eq(shares.id, input.id), isNull(shares.revokedAt)))
      .returning({ id: shares.id })
    if (revoked.length > 0) {
      const eventData = { shareId: input.id, title }
      await recordEvents(tx, [{ eventType: 'share.revoked', eventData, contractId, taskId, at: tx.now() }])
    }
    await tx.db.delete(sharePages).where(eq(sharePages.shareId, input.id))
  })
  return getShare(ctx, input.id)
}

async function getShare(ctx: Context, id: string): Promise<ShareView> {
  const [row] = await ctx.db
    .select()
    .from(shares)
    .where(and(eq(shares.id, id), eq(shares.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', 'There is no share with this id.')
  return toView(row, ctx.now())
}

export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

function paginate(messages: SharedMessage[]): SharedMessage[][] {
  const pages: SharedMessage[][] = []
  let characters = 0
  for (const message of messages) {
    const page = pages.at(-1)
    const size = sizeOf(message)
    if (!page || page.length >= PAGE_MESSAGES || (characters + size > PAGE_CHARACTERS && page.length > 0)) {
      pages.push([message])
      characters = size
    } else {
      page.push(message)
      characters += size
    }
  }
  return pages
}

/** An image takes as much of a page as a few lines do, and still not as many as one likes. */
function sizeOf({ text, toolInput, toolResult, images = [] }: SharedMessage): number {
  const pictures = images.reduce((sum, address) => sum + address.length / 10, 0)
  return text.length + (toolInput?.length ?? 0) + (toolResult?.length ?? 0) + pictures
}

function toView(row: typeof shares.$inferSelect, now: Date): ShareView {
  const { id, title, taskId, contractId, messages, views, lastViewedAt, expiresAt, revokedAt, createdAt } = row
  const isExpired = expiresAt !== null && expiresAt <= now
  return {
    id,
    title,
    taskId,
    contractId,
    messages,
    masked: (row.content as { masked?: number }).masked ?? 0,
    hasPassword: row.passwordHash !== null,
    views,
    lastViewedAt,
    expiresAt,
    revokedAt,
    state: revokedAt ? 'revoked' : isExpired ? 'expired' : 'open',
    createdAt,
  }
}
