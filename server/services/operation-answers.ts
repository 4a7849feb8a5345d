// What a door answers that has asked for an operation: it waits for the end, and a failure is an error as any other.
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError, ERROR_CODES, type ErrorCode } from '@/server/errors'
import { cursorInput, idInput, limitInput } from './inputs'
import { waitForOperation } from './operations'
import type { OperationView } from './views'

export const operationListInput = z.object({
  taskId: idInput.nullish(),
  contractId: idInput.nullish(),
  cursor: cursorInput,
  limit: limitInput,
})

/**
 * Waits up to 30 s for an operation that was just asked for. It may still be queued or running in the answer;
 * one that failed is thrown with its own code and sentence.
 */
export async function settle(ctx: Context, requested: Promise<OperationView>): Promise<OperationView> {
  const { id } = await requested
  const operation = await waitForOperation(ctx, { id })
  if (operation.state !== 'failed') return operation
  const code = operation.error?.code ?? 'internal'
  throw new AppError(
    code in ERROR_CODES ? (code as ErrorCode) : 'internal',
    operation.error?.detail || 'The operation failed. Its entry in the log says how far it came.',
  )
}

/** True while the worker has not ended it. */
export const isUnderWay = (operation: OperationView) => operation.state === 'queued' || operation.state === 'running'
