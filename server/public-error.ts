// Owns what of an error may be told to a caller. What was not written for people goes to the log and is never quoted.
import { ZodError } from 'zod'
import { type ErrorCode, isAppError } from '@/server/errors'
import { logger } from '@/server/log'

export type PublicError = { code: ErrorCode; detail: string; status?: number }

/** The code and sentence for a caller. `status` overrides the code's HTTP status. */
export function toPublicError(error: unknown): PublicError {
  if (isAppError(error)) return { code: error.code, detail: error.message }
  if (error instanceof ZodError) return { code: 'invalid', detail: describeInput(error) }
  if (isDatabaseGone(error)) return { code: 'internal', detail: DATABASE_GONE, status: 503 }
  if (isUnfitValue(error)) return { code: 'invalid', detail: UNFIT }
  return { code: 'internal', detail: 'Something went wrong inside Makima. Its log says more.' }
}

const UNFIT = 'A value in the request is out of the range that can be kept. Correct it and try again.'
const DATABASE_GONE = 'The database does not answer. Nothing was changed; try again in a moment.'

/** Writes to the log what a caller is not told. */
export function reportError(error: unknown): void {
  if (error instanceof ZodError) return
  if (!isAppError(error)) logger.error({ err: error }, 'a request failed')
  else if (error.cause !== undefined) logger.info({ err: error.cause, code: error.code }, error.message)
}

function describeInput(error: ZodError): string {
  const [first, ...rest] = error.issues
  if (!first) return 'The request is not valid.'
  const where = first.path.length > 0 ? `${first.path.join('.')}: ` : ''
  return `${where}${first.message}${rest.length > 0 ? ` (and ${rest.length} more)` : ''}. Correct the request and try again.`
}

const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08006',
  '08001',
  '08003',
])

/** SQLSTATE classes of values that no column takes (22) and of what is too long or too nested for the database (54). */
const UNFIT_CLASSES = /^(22|54)[\dA-Z]{3}$/

/** True when the database refused a value that came through the checks: they come first, this is what they lack. */
function isUnfitValue(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code, severity } = at as Error & { code?: unknown; severity?: unknown }
    if (severity !== undefined && UNFIT_CLASSES.test(String(code))) return true
  }
  return false
}

/** True when the server is away, starting or stopping: the causes are walked, as the query builder wraps them. */
export function isDatabaseGone(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code, syscall } = at as NodeJS.ErrnoException
    // A file that is not there is no database that is not there.
    if (code && GONE.has(code) && (code !== 'ENOENT' || syscall === 'connect')) return true
  }
  return false
}
