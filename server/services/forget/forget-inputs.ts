// What may be forgotten, and what is said of it before and after. Types and schemas only.
import { z } from 'zod'
import { idInput } from '@/server/services/inputs'

/** Shorter strings stand in too much that has nothing to do with them. */
export const LEAST_CHARACTERS = 6
export const MOST_CHARACTERS = 10_000

const withForks = { id: idInput, forks: z.boolean().default(false) }

export const subjectInput = z.discriminatedUnion(
  'kind',
  [
    z.object({ kind: z.literal('contract'), ...withForks }),
    z.object({ kind: z.literal('task'), ...withForks }),
    z.object({ kind: z.literal('transcript'), ...withForks }),
    z.object({
      kind: z.literal('string'),
      string: z
        .string()
        .refine((text) => text.length >= LEAST_CHARACTERS, {
          error: `A string to forget has at least ${LEAST_CHARACTERS} characters: a shorter one stands in too much that has nothing to do with it.`,
        })
        .max(MOST_CHARACTERS, `A string to forget has at most ${MOST_CHARACTERS.toLocaleString('en')} characters.`),
      /** Keep checkpoints whose files hold the string, as they are. */
      keepCode: z.boolean().default(false),
    }),
  ],
  'Say what is to be forgotten: kind is contract, task, transcript or string',
)
export type Subject = z.output<typeof subjectInput>
export type ThingSubject = Exclude<Subject, { kind: 'string' }>

export const forgetInput = z.intersection(
  subjectInput,
  z.object({
    /** Of the preview that was confirmed: when something has changed since, nothing is done. */
    planHash: z.string('Send the planHash of the preview that you confirm.').min(1),
  }),
)

/** What is counted, in the order in which it is told. */
export const COUNTED = [
  'contracts',
  'tasks',
  'messages',
  'transcripts',
  'searchRows',
  'conversationSnapshots',
  'checkpoints',
  'codeSnapshots',
  'shelfItems',
  'operations',
  'runs',
  'events',
  'shares',
  'imports',
  'titles',
  'otherRows',
  'files',
] as const
export type Counted = (typeof COUNTED)[number]

export type ForgetCount = { kind: Counted; n: number; bytes: number | null }

export type ForgetPreview = {
  kind: Subject['kind'] | 'retention'
  /** How it is called; null for a string. */
  name: string | null
  counts: ForgetCount[]
  /** Tasks whose conversations go through what would be forgotten: they go too, or nothing does. */
  dependents: { taskId: string; taskName: string; contractName: string }[]
  /** Why it cannot be done now, as sentences; empty when it can. */
  blocked: string[]
  /** What is not reached, as sentences. */
  remains: string[]
  planHash: string
}

export type ForgettingView = {
  id: string
  kind: ForgetPreview['kind']
  state: 'queued' | 'running' | 'done' | 'failed'
  step: string | null
  counts: ForgetCount[]
  remains: string[]
  error: string | null
  /** Whether what is met again is still passed over. */
  isHeld: boolean
  createdAt: Date
  finishedAt: Date | null
}
