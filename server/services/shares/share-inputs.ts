// Owns what may be asked of a share. Routers, REST and the command line parse with these and nothing else.
import { z } from 'zod'
import { FINDING_GROUPS } from '@/server/redact/rule'
import { idInput, momentInput } from '@/server/services/inputs'

const DAYS = 86_400_000

/** What can be shown a group at a time. */
export const SHOWN_GROUPS = FINDING_GROUPS.filter((group) => group !== 'secret')

const choices = {
  taskId: idInput,
  /** The last message that is shared; without it all that is in force. */
  toMessageId: idInput.nullish(),
  title: z.string().trim().min(1).max(200).nullish(),
  note: z.string().trim().max(5_000).nullish(),
  includeThinking: z.boolean().default(false),
  includeToolInput: z.boolean().default(true),
  includeToolOutput: z.boolean().default(true),
  /** False leaves out what was written into files; which files stays to be seen. */
  includeDiffs: z.boolean().default(true),
  /** Nobody looks into images for secrets, so they are shared only when they are asked for. */
  includeImages: z.boolean().default(false),
  /** Findings that are shown after all, by their ids in the preview. */
  keep: z.array(z.string().max(64)).max(10_000).default([]),
  /** Groups of what is personal that are shown after all; secrets are kept one by one. */
  show: z
    .array(z.enum(SHOWN_GROUPS, { error: `What can be shown is ${SHOWN_GROUPS.join(', ')}.` }))
    .max(20)
    .default([]),
  /** Words of your own that are masked wherever they stand. */
  mask: z
    .array(z.string().trim().min(3, 'What is masked everywhere has 3 characters or more.').max(2_000))
    .max(200)
    .default([]),
}

export const sharePreviewInput = z.object({ ...choices, page: z.int().min(1).default(1) })

export const EXPORT_FORMATS = ['html', 'markdown', 'jsonl', 'agent'] as const

export const exportInput = z.object({
  ...choices,
  /** `agent`: the agent's own record byte for byte, with nothing masked. */
  format: z.enum(EXPORT_FORMATS, { error: `A format is one of ${EXPORT_FORMATS.join(', ')}.` }),
})

export const shareCreateInput = z.object({
  ...choices,
  /** After this time the link leads nowhere. */
  expiresAt: momentInput.nullish(),
  /** Instead of `expiresAt`: so many days from now. */
  expiresInDays: z.int().min(1).max(3_650).nullish(),
  password: z.string().min(6, 'A password has 6 characters or more.').max(200).nullish(),
})

export type SharePreviewInput = z.output<typeof sharePreviewInput>
export type ShareCreateInput = z.output<typeof shareCreateInput>

export function expiryOf({ expiresAt, expiresInDays }: ShareCreateInput, now: Date): Date | null {
  if (expiresAt) return expiresAt
  return expiresInDays ? new Date(now.getTime() + expiresInDays * DAYS) : null
}
