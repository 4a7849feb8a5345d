// Checkpoints and what they changed, as REST answers them.
import { z } from 'zod'
import type { ChangedFile, CheckpointView } from '@/server/services/views'
import { type Json, id, when, maybeWhen, count, named } from './basics'

export const notCovered = z.array(z.object({ path: z.string(), reason: z.string() }))

export const checkpoint = named(
  'Checkpoint',
  z.object({
    id,
    taskId: id,
    taskName: z.string(),
    contractId: id,
    repositoryId: id,
    number: count,
    kind: z.enum(['commit', 'turn', 'manual', 'operation']),
    commitSha: z.string(),
    branch: z.string().nullable(),
    message: z.string(),
    files: count,
    additions: count,
    deletions: count,
    notCovered,
    matchedBy: z.string().nullable(),
    messageId: id.nullable(),
    messageIndex: count.nullable(),
    verifiedAt: maybeWhen,
    createdAt: when,
  }) satisfies z.ZodType<Json<CheckpointView>>,
)

export const changedFile = named(
  'ChangedFile',
  z.object({
    path: z.string(),
    oldPath: z.string().nullable(),
    status: z.enum(['added', 'modified', 'deleted', 'renamed', 'copied', 'type_changed']),
    additions: count,
    deletions: count,
    binary: z.boolean(),
    patch: z.string().optional(),
  }) satisfies z.ZodType<Json<ChangedFile & { patch?: string }>>,
)
