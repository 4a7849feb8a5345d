// Keys with which other programs use the API: made, listed, taken back, and known again by their hash.
import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, isNull, lt, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { apiKeys } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { trustedRows } from './trusted-rows'

const DAYS = 86_400_000
const LEAD = 'mak_'
/** The last use is kept to the minute: writing it at each request would cost more than the request. */
const USE_MS = 60_000

export const KEY_SCOPES = ['read', 'write'] as const
export type KeyScope = (typeof KEY_SCOPES)[number]

export const keyCreateInput = z.object({
  name: z.string().trim().min(1, 'A key needs a name.').max(100),
  /** `read`: it can look at everything and change nothing. */
  scope: z.enum(KEY_SCOPES).default('write'),
  expiresInDays: z.int().min(1).max(3_650).nullish(),
})

export type ApiKeyView = {
  id: string
  name: string
  prefix: string
  scope: KeyScope
  state: 'open' | 'expired' | 'revoked'
  expiresAt: Date | null
  lastUsedAt: Date | null
  createdAt: Date
}

/** The key is in the answer only. @throws AppError `forbidden` when it is asked for with a key. */
export async function createKey(
  ctx: Context,
  asked: z.output<typeof keyCreateInput>,
): Promise<ApiKeyView & { key: string }> {
  refuseKeys(ctx, NO_KEYS_BY_KEY)
  const key = `${LEAD}${randomBytes(32).toString('base64url')}`
  const now = ctx.now()
  const [row] = await ctx.db
    .insert(apiKeys)
    .values({
      id: newId(),
      ownerId: ctx.actor.ownerId,
      name: asked.name,
      prefix: key.slice(0, LEAD.length + 6),
      keyHash: hashKey(key),
      scope: asked.scope,
      expiresAt: asked.expiresInDays ? new Date(now.getTime() + asked.expiresInDays * DAYS) : null,
      createdAt: now,
    })
    .returning()
  return { ...toView(row as Row, now), key }
}

/** Newest first. */
export async function listKeys(ctx: Context): Promise<ApiKeyView[]> {
  const rows = await ctx.db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.ownerId, ctx.actor.ownerId))
    .orderBy(desc(apiKeys.createdAt), desc(apiKeys.id))
    .limit(500)
  return rows.map((row) => toView(row, ctx.now()))
}

/** Doing it twice is doing it once. @throws AppError `not_found`, `forbidden` when it is asked for with a key. */
export async function revokeKey(ctx: Context, input: { id: string }): Promise<ApiKeyView> {
  refuseKeys(ctx, NO_KEYS_BY_KEY)
  const own = and(eq(apiKeys.id, input.id), eq(apiKeys.ownerId, ctx.actor.ownerId))
  await ctx.db
    .update(apiKeys)
    .set({ revokedAt: ctx.now() })
    .where(and(own, isNull(apiKeys.revokedAt)))
  const [row] = await ctx.db.select().from(apiKeys).where(own)
  if (!row) throw new AppError('not_found', 'There is no key with this id.')
  trusted.delete(row.keyHash)
  return toView(row, ctx.now())
}

/**
 * The context of who shows `key`. `isReading`: the request changes nothing.
 * @throws AppError `unauthenticated` for a key that is not known or over, `forbidden` where its scope ends.
 */
export async function enterWithKey(ctx: Context, key: string, isReading: boolean): Promise<Context> {
  const hash = hashKey(key)
  const row = trusted.get(hash) ?? (await findOpen(ctx, hash))
  if (row === null) {
    throw new AppError(
      'unauthenticated',
      'This key is not known, has expired or was revoked. Make one in the settings, or with `makima keys create`.',
    )
  }
  if (!isReading && row.scope !== 'write') {
    throw new AppError('forbidden', `The key “${row.name}” may only read. Make one that may write.`)
  }
  return { ...ctx, actor: { ...ctx.actor, ownerId: row.ownerId, name: row.name, keyId: row.id } }
}

const trusted = trustedRows<Row>('API key')

async function findOpen(ctx: Context, hash: string): Promise<Row | null> {
  const [row] = await ctx.db
    .select()
    .from(apiKeys)
    .where(eq(apiKeys.keyHash, sql.placeholder('hash')))
    .prepare('api_key')
    .execute({ hash })
  const now = ctx.now()
  if (row === undefined || toView(row, now).state !== 'open') return null
  const before = new Date(now.getTime() - USE_MS)
  if (row.lastUsedAt === null || row.lastUsedAt < before) {
    await ctx.db
      .update(apiKeys)
      .set({ lastUsedAt: now })
      .where(and(eq(apiKeys.id, row.id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, before))))
  }
  trusted.set(hash, row)
  return row
}

/** False once the key of a context was taken back or is over; true for who came without one. */
export async function isKeyOpen(ctx: Context): Promise<boolean> {
  const { keyId } = ctx.actor
  if (keyId === undefined) return true
  const [row] = await ctx.db.select().from(apiKeys).where(eq(apiKeys.id, keyId))
  return row !== undefined && toView(row, ctx.now()).state === 'open'
}

/** For what only the person may do. @throws AppError `forbidden`, with `why`, when it is asked for with a key. */
export function refuseKeys(ctx: Context, why: string): void {
  if (ctx.actor.keyId !== undefined) throw new AppError('forbidden', why)
}

const NO_KEYS_BY_KEY = 'A key cannot make or take back keys. Do it in the settings or on the command line.'

type Row = typeof apiKeys.$inferSelect

const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex')

function toView(row: Row, now: Date): ApiKeyView {
  const { id, name, prefix, scope, expiresAt, lastUsedAt, createdAt } = row
  const isExpired = expiresAt !== null && expiresAt <= now
  const state = row.revokedAt ? 'revoked' : isExpired ? 'expired' : 'open'
  return { id, name, prefix, scope: scope as KeyScope, state, expiresAt, lastUsedAt, createdAt }
}
