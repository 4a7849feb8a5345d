// Imports and what they read, as REST answers them.
import { z } from 'zod'
import type { ImportView, SourceView } from '@/server/services/views'
import { type Json, id, when, maybeWhen, count, named, tokens } from './basics'

export const source = named(
  'Source',
  z.object({
    id: id.nullable(),
    path: z.string(),
    agent: z.string().nullable(),
    sessionId: z.string().nullable(),
    taskId: id.nullable(),
    bytes: count,
    records: count,
    messages: count,
    prompts: count,
    assistantMessages: count,
    toolCalls: count,
    toolResults: count,
    toolErrors: count,
    tokens,
    firstAt: maybeWhen,
    lastAt: maybeWhen,
    unknown: count,
    healed: count,
    bad: count,
    blanked: count,
    problems: z.array(z.object({ line: count, reason: z.string() })),
    outcome: z.string().nullable(),
    skipped: z.string().optional(),
  }) satisfies z.ZodType<Json<SourceView>>,
)

export const importReport = named(
  'Import',
  z.object({
    id,
    path: z.string().nullable(),
    state: z.enum(['queued', 'running', 'done', 'failed']),
    progress: z.object({
      phase: z.enum(['waiting', 'looking', 'reading', 'checkpoints', 'finishing', 'done']),
      sourcesTotal: count,
      sourcesDone: count,
      bytesTotal: count,
      bytesDone: count,
      records: count,
      messages: count,
      bytesPerSecond: z.number(),
      current: z.string().nullable(),
    }),
    sources: z.array(source),
    totals: z
      .object({
        sources: count,
        skipped: count,
        forgotten: count.optional(),
        bytes: count,
        records: count,
        messages: count,
        toolCalls: count,
        unknown: count,
        healed: count,
        bad: count,
      })
      .nullable(),
    checkpoints: count,
    notes: z.array(z.string()),
    error: z.string().nullable(),
    createdAt: when,
    finishedAt: maybeWhen,
  }) satisfies z.ZodType<Json<ImportView>>,
)
