// Messages and what was found in them, as REST answers them.
import { z } from 'zod'
import type { SearchPage } from '@/server/services/views'
import type { TranscriptMessage } from '@/server/services/conversation-transcript'
import { type Json, id, when, maybeWhen, count, named, cursor } from './basics'

export const message = named(
  'Message',
  z.object({
    id,
    index: count,
    role: z.string().meta({ description: 'user, assistant, system or tool' }),
    kind: z.string().meta({ description: 'prompt, command, text, thinking, tool, summary, notice or unknown' }),
    subtype: z.string().optional(),
    content: z.string(),
    timestamp: maybeWhen,
    model: z.string().optional(),
    toolCalls: z.array(z.object({ id: z.string(), name: z.string(), input: z.unknown() })).optional(),
    toolName: z.string().optional(),
    toolInput: z.unknown().optional(),
    toolResult: z.string().optional(),
    isError: z.boolean().optional(),
    durationMs: count.optional(),
    tokenCount: count.optional(),
    costUsd: z.number().optional(),
  }) satisfies z.ZodType<Json<TranscriptMessage>>,
)

export const searchPage = z.object({
  hits: z.array(
    named(
      'SearchHit',
      z.object({
        taskId: id,
        taskName: z.string(),
        contractId: id,
        contractName: z.string(),
        agent: z.string(),
        messageId: id,
        role: z.string(),
        kind: z.string(),
        toolName: z.string().nullable(),
        timestamp: when.nullable(),
        snippet: z.string(),
        matches: z
          .array(z.tuple([count, count]))
          .meta({ description: 'Where the found words stand in the snippet: beginning and end' }),
      }),
    ),
  ),
  cursor,
}) satisfies z.ZodType<Json<SearchPage>>
