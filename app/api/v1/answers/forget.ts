// What was forgotten, what would be, and how long things are kept, as REST answers it.
import { z } from 'zod'
import { COUNTED, type ForgetPreview, type ForgettingView } from '@/server/services/forget/forget-inputs'
import type { RetentionView } from '@/server/services/forget/retention'
import { count, id, type Json, maybeWhen, named, when } from './basics'

const kind = z.enum(['contract', 'task', 'transcript', 'string', 'retention'])
const counts = z.array(z.object({ kind: z.enum(COUNTED), n: count, bytes: z.number().nullable() }))

export const forgetPreview = named(
  'ForgetPreview',
  z.object({
    kind,
    name: z.string().nullable(),
    counts: counts.meta({ description: 'What would go, by kind' }),
    dependents: z
      .array(z.object({ taskId: id, taskName: z.string(), contractName: z.string() }))
      .meta({ description: 'Tasks forked from it: they go too (`forks`), or nothing does' }),
    blocked: z.array(z.string()).meta({ description: 'Why it cannot be done now; empty when it can' }),
    remains: z.array(z.string()).meta({ description: 'What is not reached' }),
    planHash: z.string().meta({ description: 'Sent with the request itself: without it nothing is forgotten' }),
  }) satisfies z.ZodType<Json<ForgetPreview>>,
)

export const forgetting = named(
  'Forgetting',
  z.object({
    id,
    kind,
    state: z.enum(['queued', 'running', 'done', 'failed']),
    step: z.string().nullable(),
    counts,
    remains: z.array(z.string()),
    error: z.string().nullable(),
    isHeld: z.boolean().meta({ description: 'Whether what is met again is passed over' }),
    createdAt: when,
    finishedAt: maybeWhen,
  }) satisfies z.ZodType<Json<ForgettingView>>,
)

const days = count.nullable()

export const retention = named(
  'Retention',
  z.object({
    conversationSnapshots: days,
    codeSnapshots: days,
    shelf: days,
    transcripts: days,
    updatedAt: maybeWhen,
  }) satisfies z.ZodType<Json<RetentionView>>,
)
