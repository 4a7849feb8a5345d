// How REST names things where it differs from the screens. Other programs rely on these shapes.
import type { Context } from '@/server/context'
import { isUnderWay } from '@/server/services/operation-answers'
import type { EventView, OperationView, Page, TaskView } from '@/server/services/views'
import { Answer } from './route-handler'

export function toEvent(ctx: Context, event: EventView) {
  return { ...event, ownerId: ctx.actor.ownerId }
}

export function toEvents(ctx: Context, page: Page<EventView>) {
  return {
    entries: page.entries.map((event) => toEvent(ctx, event)),
    totalCount: page.totalCount,
    cursor: page.nextCursor,
  }
}

export function toTaskReference(task: TaskView) {
  const { id, name, status, startedAt, completedAt } = task
  return { taskId: id, taskName: name, status, createdAt: startedAt, completedAt }
}

/** 200 with what became of an operation, or 202 when it is not at its end yet. */
export function answerOperation(operation: OperationView, build: (result: Record<string, unknown>) => object): Answer {
  if (isUnderWay(operation)) return new Answer(202, { operationId: operation.id, state: operation.state })
  return new Answer(200, { ...build(operation.result ?? {}), operationId: operation.id })
}

/** What a rewind of code, or of talk with code, has led to. */
export function toRewound(taskId: string, result: Record<string, unknown>) {
  const { checkpointNumber, sha, message, preservedAs, ...rest } = result
  return {
    taskId,
    ...(sha ? { rewindedTo: { checkpointNumber, sha, message } } : {}),
    ...(preservedAs ? { preservedAs } : {}),
    ...rest,
  }
}
