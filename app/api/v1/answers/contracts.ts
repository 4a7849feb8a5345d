// Contracts and tasks, as REST answers them.
import { z } from 'zod'
import type { ContractDetail, ContractView, RepositoryView, TaskView } from '@/server/services/views'
import { type Json, id, when, maybeWhen, count, named, phase, tokens } from './basics'

export const repository = named(
  'Repository',
  z.object({
    id,
    name: z.string(),
    remote: z.string().nullable(),
    path: z.string(),
    bare: z.boolean(),
    available: z.boolean(),
  }) satisfies z.ZodType<Json<RepositoryView>>,
)

const contractFields = {
  id,
  name: z.string(),
  goal: z.string().nullable(),
  phase,
  status: z.string(),
  repository: repository.nullable(),
  supervisorTaskId: id.nullable(),
  agents: z.array(z.string()),
  starred: z.boolean(),
  sample: z.boolean(),
  taskCount: count,
  checkpointCount: count,
  messageCount: count,
  tokens,
  costUsd: z.number(),
  createdAt: when,
  lastActivityAt: when,
  spark: z.array(count).meta({ description: 'Events of each of the last 30 days that had any, oldest first' }),
}

export const contract = named('Contract', z.object(contractFields) satisfies z.ZodType<Json<ContractView>>)

const taskStatus = z.enum(['pending', 'running', 'interrupted', 'paused', 'completed', 'failed', 'undone'])

export const task = named(
  'Task',
  z.object({
    id,
    contractId: id,
    contractName: z.string(),
    parentTaskId: id.nullable(),
    isSupervisor: z.boolean(),
    name: z.string(),
    plan: z.string().nullable(),
    agent: z.string(),
    models: z.array(z.string()),
    status: taskStatus,
    phase,
    branch: z.string().nullable(),
    nativeSessionId: z.string().nullable(),
    spawnedByToolId: z.string().nullable(),
    forkedFromTaskId: id.nullable(),
    forkPoint: z
      .object({
        forkType: z.enum(['checkpoint', 'timestamp', 'message_id']),
        messageId: z.string().nullable(),
        checkpointId: z.string().nullable(),
        timestamp: z.string().nullable(),
      })
      .nullable(),
    continueFromTaskId: id.nullable(),
    repository: repository.nullable(),
    worktree: z.object({ id, path: z.string(), kind: z.enum(['main', 'fork']) }).nullable(),
    codeUnavailableReason: z.string().nullable(),
    messageCount: count,
    toolCallCount: count,
    checkpointCount: count,
    tokens,
    costUsd: z.number(),
    startedAt: maybeWhen,
    completedAt: maybeWhen,
    lastActivityAt: when,
  }) satisfies z.ZodType<Json<TaskView>>,
)

export const contractDetail = named(
  'ContractDetail',
  z.object({
    ...contractFields,
    tasks: z.array(task),
    limits: z.object({
      maxParallel: count.nullable(),
      maxTurns: count.nullable(),
      maxCostUsd: z.number().nullable(),
    }),
  }) satisfies z.ZodType<Json<ContractDetail>>,
)

export const taskReference = named(
  'TaskReference',
  z.object({ taskId: id, taskName: z.string(), status: taskStatus, createdAt: maybeWhen, completedAt: maybeWhen }),
)
