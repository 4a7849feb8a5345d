// Asking for something to be forgotten, looking at how it goes, and allowing it again. The work is the worker's.
import { and, desc, eq, inArray } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { forgettings, tombstones } from '@/db/forget-tables'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import {
  COUNTED,
  type ForgetCount,
  type ForgetPreview,
  type ForgettingView,
  forgetInput,
  type Subject,
} from './forget-inputs'
import type { z } from 'zod'
import { enqueueForgetting } from './forget-queue'
import { encrypt } from './home-key'
import { planThing } from './preview'
import { planString } from './string-plan'

export const MOVED = 'What would go has changed since the preview. Look at it again, then confirm.'

/** What would go. @throws AppError `not_found` */
export async function previewForgetting(ctx: Context, subject: Subject): Promise<ForgetPreview> {
  return (subject.kind === 'string' ? await planString(ctx, subject) : await planThing(ctx, subject)).preview
}

/**
 * Queues it. There is no way back once it has begun.
 * @throws AppError `conflict` when the plan has moved or something is at work, `not_found`, `forbidden` for a key.
 */
export async function requestForgetting(ctx: Context, asked: z.output<typeof forgetInput>): Promise<ForgettingView> {
  requirePerson(ctx)
  const { planHash, ...subject } = forgetInput.parse(asked)
  const preview = await previewForgetting(ctx, subject)
  if (preview.planHash !== planHash) throw new AppError('conflict', MOVED)
  const [obstacle] = preview.blocked
  if (obstacle) throw new AppError('conflict', obstacle)
  const id = newId()
  const subjectId = subject.kind === 'string' ? null : subject.id
  const options = subject.kind === 'string' ? { keepCode: subject.keepCode } : { forks: subject.forks }
  await withTransaction(ctx, async (tx) => {
    await tx.db.insert(forgettings).values({
      id,
      ownerId: ctx.actor.ownerId,
      kind: subject.kind,
      subjectId,
      options,
      needle: subject.kind === 'string' ? encrypt(ctx, subject.string) : null,
      planHash,
      counts: toNumbers(preview.counts),
      createdAt: ctx.now(),
    })
    await enqueueForgetting(tx, id)
  })
  return getForgetting(ctx, { id })
}

/** @throws AppError `not_found` */
export async function getForgetting(ctx: Context, input: { id: string }): Promise<ForgettingView> {
  const [row] = await ctx.db
    .select()
    .from(forgettings)
    .where(and(eq(forgettings.id, input.id), eq(forgettings.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', 'Nothing was forgotten under this id.')
  const held = await ctx.db.$count(tombstones, eq(tombstones.forgettingId, row.id))
  return toView(row, held > 0)
}

/** The newest acts, at most 100. */
export async function listForgettings(ctx: Context): Promise<ForgettingView[]> {
  const rows = await ctx.db
    .select()
    .from(forgettings)
    .where(eq(forgettings.ownerId, ctx.actor.ownerId))
    .orderBy(desc(forgettings.createdAt), desc(forgettings.id))
    .limit(100)
  const ids = rows.map(({ id }) => id)
  const held = await ctx.db
    .selectDistinct({ id: tombstones.forgettingId })
    .from(tombstones)
    .where(inArray(tombstones.forgettingId, ids))
  const heldIds = new Set(held.map(({ id }) => id))
  return rows.map((row) => toView(row, heldIds.has(row.id)))
}

/**
 * Lets what was forgotten be imported again, where its file is still there. Brings nothing back by itself.
 * @throws AppError `not_found`, `conflict` while it is being forgotten, `forbidden` for a key.
 */
export async function allowAgain(ctx: Context, input: { id: string }): Promise<ForgettingView> {
  requirePerson(ctx)
  const { state } = await getForgetting(ctx, input)
  if (state === 'queued' || state === 'running') {
    throw new AppError('conflict', 'It is being forgotten right now. Wait until that is done.')
  }
  await ctx.db.delete(tombstones).where(eq(tombstones.forgettingId, input.id))
  return getForgetting(ctx, input)
}

/** What cannot be taken back is for the person alone: a program with a key could be wrong, or somebody else's. */
export function requirePerson(ctx: Context): void {
  if (ctx.actor.keyId === undefined) return
  throw new AppError('forbidden', 'A key cannot have anything forgotten. Do it on the pages or on the command line.')
}

/** As they are kept: bytes under the name of their kind with `Bytes`. */
export function toNumbers(counts: readonly ForgetCount[]): Record<string, number> {
  const numbers: Record<string, number> = {}
  for (const { kind, n, bytes } of counts) {
    numbers[kind] = n
    if (bytes !== null) numbers[`${kind}Bytes`] = bytes
  }
  return numbers
}

function fromNumbers(numbers: Record<string, number>): ForgetCount[] {
  return COUNTED.flatMap((kind) => {
    const n = numbers[kind]
    return n === undefined ? [] : [{ kind, n, bytes: numbers[`${kind}Bytes`] ?? null }]
  })
}

type Row = typeof forgettings.$inferSelect

function toView(row: Row, isHeld: boolean): ForgettingView {
  const { id, step, error, createdAt, finishedAt } = row
  return {
    id,
    kind: row.kind as ForgettingView['kind'],
    state: row.state as ForgettingView['state'],
    step,
    counts: fromNumbers(row.counts as Record<string, number>),
    remains: row.remains as string[],
    error,
    isHeld,
    createdAt,
    finishedAt,
  }
}
