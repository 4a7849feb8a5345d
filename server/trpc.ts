// Owns what every tRPC procedure has: superjson, the context, and the one place where errors become answers.
import { initTRPC, TRPCError } from '@trpc/server'
import superjson from 'superjson'
import { ZodError } from 'zod'
import type { Context } from './context'
import { AppError, ERROR_CODES, isAppError } from './errors'
import { requirePlainText } from './plain-text'
import { reportError, toPublicError } from './public-error'

const t = initTRPC.context<Context>().create({
  transformer: superjson,
  isDev: false,
  // A ping every five seconds keeps proxies open; the browser takes a stream without one for dead.
  sse: { ping: { enabled: true, intervalMs: 5_000 }, client: { reconnectAfterInactivityMs: 12_000 } },
  errorFormatter: ({ shape, error }) => {
    const { code, detail } = describe(error)
    return { ...shape, message: detail, data: { ...shape.data, appCode: code } }
  },
})

/** tRPC refuses some calls by itself (no such procedure, wrong method); its own words are fit for people. */
function describe(error: TRPCError) {
  if (error.cause) return toPublicError(error.cause)
  if (error.code === 'INTERNAL_SERVER_ERROR') return toPublicError(error)
  return { code: error.code === 'NOT_FOUND' ? ('not_found' as const) : ('invalid' as const), detail: error.message }
}

const errors = t.middleware(async ({ next }) => {
  const result = await next()
  if (result.ok) return result
  const cause = result.error.cause ?? result.error
  reportError(cause)
  const { code, detail } = toPublicError(cause)
  if (!isAppError(cause) && !(cause instanceof ZodError) && code !== 'internal') return result
  throw new TRPCError({ code: ERROR_CODES[code].trpc, message: detail, cause })
})

/** What is sent is read before any rule of a procedure looks at it. */
const plainText = t.middleware(async ({ next, getRawInput }) => {
  const input = await getRawInput().catch((cause: unknown) => {
    throw new AppError('invalid', 'The input cannot be read. Send what superjson writes.', { cause })
  })
  requirePlainText(input)
  return next()
})

export const router = t.router
export const procedure = t.procedure.use(errors).use(plainText)
export const createCallerFactory = t.createCallerFactory
