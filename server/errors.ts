// Owns the closed list of error codes and what each means to tRPC, HTTP and the command line.

export const ERROR_CODES = {
  invalid: { http: 400, trpc: 'BAD_REQUEST', exit: 2 },
  unauthenticated: { http: 401, trpc: 'UNAUTHORIZED', exit: 5 },
  forbidden: { http: 403, trpc: 'FORBIDDEN', exit: 5 },
  not_found: { http: 404, trpc: 'NOT_FOUND', exit: 3 },
  conflict: { http: 409, trpc: 'CONFLICT', exit: 4 },
  precondition_failed: { http: 412, trpc: 'PRECONDITION_FAILED', exit: 5 },
  too_large: { http: 413, trpc: 'PAYLOAD_TOO_LARGE', exit: 5 },
  rate_limited: { http: 429, trpc: 'TOO_MANY_REQUESTS', exit: 5 },
  git_failed: { http: 502, trpc: 'BAD_GATEWAY', exit: 1 },
  internal: { http: 500, trpc: 'INTERNAL_SERVER_ERROR', exit: 1 },
} as const

export type ErrorCode = keyof typeof ERROR_CODES

/**
 * The one error that people see. `message` is a sentence that says what was wrong and what to do;
 * `cause` goes to the log only.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options)
  }
}

/** True for errors whose message was written for people; everything else is logged and never quoted. */
export function isAppError(error: unknown): error is AppError {
  return error instanceof AppError || (error instanceof Error && error.name === 'AppError' && 'code' in error)
}
