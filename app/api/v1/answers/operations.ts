// Operations, their plans and results, and the recover shelf, as REST answers them.
import { z } from 'zod'
import type { OperationView, PlanView, ShelfItemView } from '@/server/services/views'
import { type Json, id, when, maybeWhen, count, named, facts } from './basics'
import { notCovered } from './checkpoints'

const planFile = z.object({
  path: z.string(),
  action: z.enum(['restore', 'delete', 'recreate', 'keep']),
  reason: z.string().nullable(),
})

const planFiles = {
  files: z.array(planFile),
  fileTotals: z.object({ restore: count, delete: count, recreate: count, keep: count }),
  filesCut: z.boolean(),
}

export const plan = named(
  'Plan',
  z.object({
    planHash: z.string().meta({ description: 'Sent with the request itself, it is done only as shown' }),
    kind: z.enum(['rewind', 'conversation_rewind', 'fork', 'branch', 'undo', 'restore']),
    sentence: z.string(),
    button: z.string(),
    ...planFiles,
    messages: z.object({ count, costUsd: z.number(), tokens: count, fromIndex: count }).nullable(),
    commitsAfter: z.array(z.object({ sha: z.string(), subject: z.string() })),
    children: z.array(
      z.object({
        taskId: id,
        name: z.string(),
        createdAt: when,
        action: z.enum(['follows', 'aside', 'stays']),
        sentence: z.string(),
        messages: count,
        ...planFiles,
      }),
    ),
    notCovered,
    sideEffects: z.array(z.object({ messageId: z.string(), what: z.string() })),
    preserved: z.object({ stateType: z.enum(['branch', 'stash', 'shelf']), reference: z.string() }).nullable(),
    agents: z.array(z.object({ runId: id.nullable(), taskId: id, taskName: z.string() })),
  }) satisfies z.ZodType<Json<PlanView>>,
)

export const problemOf = z.object({ code: z.string(), detail: z.string() })

export const operation = named(
  'Operation',
  z.object({
    id,
    kind: z.string(),
    state: z.enum(['queued', 'running', 'done', 'failed', 'undone']),
    step: z.string(),
    summary: z.string(),
    askedBy: z.string(),
    contractId: id.nullable(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    result: facts.nullable(),
    error: problemOf.nullable(),
    undoOf: id.nullable(),
    undoneBy: id.nullable(),
    canUndo: z.boolean(),
    createdAt: when,
    startedAt: maybeWhen,
    finishedAt: maybeWhen,
  }) satisfies z.ZodType<Json<OperationView>>,
)

export const underWay = named(
  'UnderWay',
  z.object({ operationId: id, state: z.enum(['queued', 'running']) }).meta({
    description: 'It was not at its end after 30 s: GET /operations/{id} tells when it is',
  }),
)

export const shelfItem = named(
  'ShelfItem',
  z.object({
    id,
    operationId: id,
    operationSummary: z.string(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    files: count,
    messages: count,
    sizeBytes: count,
    createdAt: when,
  }) satisfies z.ZodType<Json<ShelfItemView>>,
)

const preservedAs = z.object({ stateType: z.string(), reference: z.string() })

export const rewound = z.looseObject({
  taskId: id,
  rewindedTo: z.object({ checkpointNumber: count, sha: z.string(), message: z.string() }).optional(),
  preservedAs: preservedAs.optional(),
  operationId: id,
})

export const forked = z.looseObject({
  newTaskId: id,
  sourceTaskId: id,
  forkPoint: facts,
  branchName: z.string().optional(),
  conversationIncluded: z.boolean(),
  messageCount: count.optional(),
  operationId: id,
})

export const done = z.looseObject({ operationId: id })
