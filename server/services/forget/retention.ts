// How long what is kept stays, by kind: the setting, what would go by it now, and asking for that to go.
import { eq } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { forgettings, retentionSettings } from '@/db/forget-tables'
import { type Context, withTransaction } from '@/server/context'
import { toNumbers, requirePerson } from './forget'
import type { ForgetPreview } from './forget-inputs'
import { enqueueForgetting, enqueueRetention } from './forget-queue'
import { planByAge } from './retention-plan'

/** About a hundred years: longer is for ever. */
const MOST_DAYS = 36_500
const days = z
  .int('Give whole days, or null to keep everything.')
  .min(1, 'The shortest time to keep something is one day.')
  .max(
    MOST_DAYS,
    `The longest time to keep something is ${MOST_DAYS.toLocaleString('en')} days; null keeps everything.`,
  )
  .nullable()

/** Days by kind; null keeps everything, what is left out stays as it is. */
export const retentionInput = z.object({
  /** Places in conversations that rewinds and checkpoints go back to. */
  conversationSnapshots: days.optional(),
  /** Checkpoints with their files. */
  codeSnapshots: days.optional(),
  /** What rewinds put on the recover shelf. */
  shelf: days.optional(),
  /** Whole sessions in which nothing happened for so long: their transcripts, messages and tasks. */
  transcripts: days.optional(),
})

export type Retention = Required<z.output<typeof retentionInput>>
export type RetentionView = Retention & { updatedAt: Date | null }

const KEEP: Retention = { conversationSnapshots: null, codeSnapshots: null, shelf: null, transcripts: null }

/** As long as nobody has said otherwise, everything is kept. */
export async function getRetention(ctx: Context): Promise<RetentionView> {
  const [row] = await ctx.db.select().from(retentionSettings).where(eq(retentionSettings.ownerId, ctx.actor.ownerId))
  const { conversationSnapshots, codeSnapshots, shelf, transcripts, updatedAt } = { ...KEEP, updatedAt: null, ...row }
  return { conversationSnapshots, codeSnapshots, shelf, transcripts, updatedAt }
}

/** What would go if these days were set. */
export async function previewRetention(ctx: Context, asked: z.output<typeof retentionInput>): Promise<ForgetPreview> {
  return (await planByAge(ctx, { ...(await readDays(ctx)), ...asked })).preview
}

/** Sets them; what is older goes soon, and then once a day. @throws AppError `forbidden` for a key. */
export async function setRetention(ctx: Context, asked: z.output<typeof retentionInput>): Promise<RetentionView> {
  requirePerson(ctx)
  const values = { ...(await readDays(ctx)), ...asked, updatedAt: ctx.now() }
  await withTransaction(ctx, async (tx) => {
    await tx.db
      .insert(retentionSettings)
      .values({ ownerId: ctx.actor.ownerId, ...values })
      .onConflictDoUpdate({ target: retentionSettings.ownerId, set: values })
    await enqueueRetention(tx, 0)
  })
  return getRetention(ctx)
}

/** Asks for what is too old now to be erased; null when nothing is. */
export async function requestByAge(ctx: Context): Promise<string | null> {
  const settings = await readDays(ctx)
  if (Object.values(settings).every((value) => value === null)) return null
  const { preview } = await planByAge(ctx, settings)
  if (preview.counts.length === 0) return null
  const id = newId()
  await withTransaction(ctx, async (tx) => {
    await tx.db.insert(forgettings).values({
      id,
      ownerId: ctx.actor.ownerId,
      kind: 'retention',
      options: settings,
      planHash: preview.planHash,
      counts: toNumbers(preview.counts),
      createdAt: ctx.now(),
    })
    await enqueueForgetting(tx, id)
  })
  return id
}

async function readDays(ctx: Context): Promise<Retention> {
  const { updatedAt: _, ...settings } = await getRetention(ctx)
  return settings
}
