// The operation log: what was asked, what became of it. Asking is in operations.ts, the worker's writes in operation-journal.ts.
import { setTimeout as sleep } from 'node:timers/promises'
import { and, desc, eq, inArray, lt, or, sql } from 'drizzle-orm'
import { operations, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { idInput, isKeptTime } from './inputs'
import type { OperationKind } from './operation-inputs'
import type { OperationView, Page } from './views'

/** Channel on which each change of an operation is told; the payload is its id. A hint only: the row is the truth. */
export const OPERATIONS_CHANNEL = 'makima_operations'

/** Kinds that change nothing one could want back. */
const WITHOUT_UNDO: readonly OperationKind[] = ['checkpoint']

const columns = {
  id: operations.id,
  kind: operations.kind,
  state: operations.state,
  step: operations.step,
  summary: operations.summary,
  askedBy: operations.askedBy,
  contractId: operations.contractId,
  taskId: operations.taskId,
  taskName: tasks.name,
  result: operations.result,
  errorCode: operations.errorCode,
  error: operations.error,
  undoOf: operations.undoOf,
  undoneBy: operations.undoneBy,
  importedAt: operations.importedAt,
  createdAt: operations.createdAt,
  startedAt: operations.startedAt,
  finishedAt: operations.finishedAt,
}

type Row = Awaited<ReturnType<typeof selectRows>>[number]

// Plans and journals can be megabytes: lists never read those columns.
function selectRows(ctx: Context) {
  return ctx.db.select(columns).from(operations).leftJoin(tasks, eq(tasks.id, operations.taskId)).$dynamic()
}

/** True when `undo` can be asked for: it was done here, nobody has undone it yet, and it changed something. */
export function canUndo(operation: {
  kind: string
  state: string
  undoneBy: string | null
  importedAt: Date | null
}): boolean {
  return (
    operation.state === 'done' &&
    operation.undoneBy === null &&
    operation.importedAt === null &&
    !WITHOUT_UNDO.includes(operation.kind as OperationKind)
  )
}

function toView({ errorCode, error, result, importedAt, ...row }: Row): OperationView {
  return {
    ...row,
    state: row.state as OperationView['state'],
    result: result as OperationView['result'],
    error: errorCode === null ? null : { code: errorCode, detail: error ?? '' },
    canUndo: canUndo({ ...row, importedAt }),
  }
}

/** @throws AppError `not_found` */
export async function getOperation(ctx: Context, input: { id: string }): Promise<OperationView> {
  const [row] = await selectRows(ctx).where(and(eq(operations.ownerId, ctx.actor.ownerId), eq(operations.id, input.id)))
  if (!row) throw new AppError('not_found', 'There is no operation with this id.')
  return toView(row)
}

export type OperationFilter = {
  taskId?: string | null
  contractId?: string | null
  cursor?: string | null
  limit?: number | null
}

/** Newest first. `cursor` goes on towards older ones. */
export async function listOperations(ctx: Context, input: OperationFilter = {}): Promise<Page<OperationView>> {
  const limit = Math.min(Math.max(input.limit ?? 100, 1), 1_000)
  const filter = [eq(operations.ownerId, ctx.actor.ownerId)]
  if (input.taskId) filter.push(eq(operations.taskId, input.taskId))
  if (input.contractId) filter.push(eq(operations.contractId, input.contractId))
  const after = input.cursor ? parseCursor(input.cursor) : null
  const older = after
    ? or(lt(operations.createdAt, after.at), and(eq(operations.createdAt, after.at), lt(operations.id, after.id)))
    : undefined
  const rows = await selectRows(ctx)
    .where(and(...filter, older))
    .orderBy(desc(operations.createdAt), desc(operations.id))
    .limit(limit + 1)
  const [total] = await ctx.db
    .select({ n: sql<number>`count(*)::int` })
    .from(operations)
    .where(and(...filter))
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return {
    entries: page.map(toView),
    nextCursor: rows.length > limit && last ? toCursor(last.createdAt, last.id) : null,
    previousCursor: null,
    totalCount: total?.n ?? 0,
  }
}

/** An opaque place in a list that is ordered by time and id. */
export function toCursor(at: Date, id: string): string {
  return Buffer.from(`${at.getTime()}|${id}`).toString('base64url')
}

/** @throws AppError `invalid` */
export function parseCursor(cursor: string): { at: Date; id: string } {
  const [time, id] = Buffer.from(cursor, 'base64url').toString().split('|')
  const at = new Date(Number(time))
  if (!/^\d{1,15}$/.test(time ?? '') || !isKeptTime(at) || !idInput.safeParse(id).success || id === undefined) {
    throw new AppError('invalid', 'This cursor was not given out by this list. Start again without it.')
  }
  return { at, id }
}

const SETTLED: readonly string[] = ['done', 'failed', 'undone']

/**
 * Waits until the operation is done or failed, at most `timeoutMs` (default 30,000), and answers as it then stands:
 * its state may still be `queued` or `running`.
 */
export async function waitForOperation(
  ctx: Context,
  input: { id: string; timeoutMs?: number },
): Promise<OperationView> {
  const until = Date.now() + (input.timeoutMs ?? 30_000)
  // Polling one row by its key costs less than a listening connection per waiting request.
  for (let pause = 15; ; pause = Math.min(pause * 1.3, 250)) {
    const [row] = await ctx.db.select({ state: operations.state }).from(operations).where(eq(operations.id, input.id))
    if (!row || SETTLED.includes(row.state) || Date.now() + pause > until) return getOperation(ctx, input)
    await sleep(pause)
  }
}

/** Where an operation's input keeps the worktrees of child tasks in which it works besides its own. */
export const RESERVED = 'reservedWorktreeIds'

/** The operation that waits or runs on a worktree, if any. */
export async function findActiveOperation(
  ctx: Context,
  worktreeId: string,
): Promise<{ id: string; summary: string; state: string } | null> {
  const [row] = await ctx.db
    .select({ id: operations.id, summary: operations.summary, state: operations.state })
    .from(operations)
    .where(
      and(
        or(
          eq(operations.worktreeId, worktreeId),
          sql`${operations.input} -> ${RESERVED}::text @> ${JSON.stringify([worktreeId])}::jsonb`,
        ),
        inArray(operations.state, ['queued', 'running']),
      ),
    )
    .limit(1)
  return row ?? null
}
