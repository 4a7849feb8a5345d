// Owns what every tRPC procedure has: superjson, the context, and the one place where errors become answers.
import { initTRPC, TRPCError } from '@trpc/server'
import superjson from 'superjson'
import { ZodError } from 'zod'
import type { Context } from './context'
import { ERROR_CODES, isAppError } from './errors'
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

export const router = t.router
export const procedure = t.procedure.use(errors)
export const createCallerFactory = t.createCallerFactory
