// Agents at work and what they are handed over, as REST answers them.
import { z } from 'zod'
import type { BriefView, HandOverView } from '@/server/services/runs/run-views'
import type { toRun } from '@/app/api/v1/run-shapes'
import { type Json, id, when, maybeWhen, count, named } from './basics'
import { problemOf } from './operations'

const runFields = {
  runId: id,
  contractId: id,
  taskId: id,
  taskName: z.string(),
  agent: z.string(),
  way: z.enum(['here', 'print']),
  mode: z.enum(['continue', 'restart_phase', 'from_checkpoint']),
  state: z.enum(['queued', 'starting', 'running', 'waiting', 'done', 'failed', 'stopped', 'interrupted']),
  waitsFor: z.string().nullable(),
  prompt: z.string(),
  sessionId: z.string().nullable(),
  cwd: z.string().nullable(),
  command: z.string().nullable(),
  notCarried: z.array(z.string()),
  pending: z.array(
    z.object({
      requestId: z.string(),
      toolName: z.string(),
      input: z.unknown(),
      options: z.array(
        z.object({ id: z.string(), label: z.string(), kind: z.enum(['allow_once', 'allow_always', 'reject']) }),
      ),
    }),
  ),
  costUsd: z.number().nullable(),
  error: problemOf.nullable(),
  createdAt: when,
  startedAt: maybeWhen,
  firstOutputAt: maybeWhen,
  finishedAt: maybeWhen,
}

export const run = named('Run', z.object(runFields) satisfies z.ZodType<Json<ReturnType<typeof toRun>>>)

export const runWithTasks = z.object({ ...runFields, tasks: z.array(run) })

export const handOver = named(
  'HandOver',
  z.object({
    agent: z.string(),
    cwd: z.string().nullable(),
    unavailable: z.string().nullable(),
    messages: count,
    tokens: z.object({ count, exact: z.boolean() }).nullable(),
    last: z.object({ messageId: z.string(), at: maybeWhen, text: z.string() }).nullable(),
    prompt: z.string(),
    tried: z.string().nullable(),
    corrections: z.array(z.object({ messageId: z.string(), text: z.string() })),
    notCarried: z.array(z.string()),
    tasks: z.array(z.object({ taskId: id, name: z.string(), agent: z.string() })),
  }) satisfies z.ZodType<Json<HandOverView>>,
)

export const brief = named(
  'Brief',
  z.object({ text: z.string(), tokens: count, notCarried: z.array(z.string()) }) satisfies z.ZodType<Json<BriefView>>,
)
