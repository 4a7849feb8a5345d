// Runs before every page and file: where a request may come from (server/request-guard.ts), who asks
// (server/services/entry.ts), and which scripts the page that answers may run.
import { randomBytes } from 'node:crypto'
import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from '@/server/content-security-policy'
import { problem } from '@/server/problem'
import { reportError, toPublicError } from '@/server/public-error'
import { requestContext } from '@/server/request-context'
import { refuseRequest } from '@/server/request-guard'
import { mayBeIn, renderSignIn, SIGN_IN_HEADERS } from '@/server/services/browser-sessions/sign-in-page'
import { enter } from '@/server/services/entry'

/** A share has a token of its own in its address, a one-time link is how one gets in; both answer with what they are asked for only. */
const OPEN = /^\/(?:share\/[^/]+|enter|icon\.svg)$/

export async function proxy(request: NextRequest): Promise<Response> {
  const { method, headers, nextUrl } = request
  const { pathname } = nextUrl
  const ctx = requestContext('browser')
  const refusal = refuseRequest({ method, headers, pathname }, ctx.env)
  if (refusal) return problem(refusal)
  if (OPEN.test(pathname)) return NextResponse.next()
  try {
    await enter(ctx, headers, method === 'GET' || method === 'HEAD')
  } catch (error) {
    return refuse(error, headers)
  }
  return withPolicy(request)
}

/** People get a page that says how to get in, programs and scripts what every address answers. */
function refuse(error: unknown, headers: Headers): Response {
  reportError(error)
  const { code, detail, status } = toPublicError(error)
  if (code !== 'unauthenticated' || !headers.get('accept')?.includes('text/html')) {
    return problem({ code, detail, ...(status && { status }) })
  }
  const why = 'This browser was not let in yet, or its session has ended.'
  return new Response(renderSignIn(why, mayBeIn(headers)), { status: 401, headers: SIGN_IN_HEADERS })
}

/** Next reads the nonce from the request's policy and puts it on each script of its own. */
function withPolicy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(randomBytes(16).toString('base64'))
  const headers = new Headers(request.headers)
  headers.set('content-security-policy', policy)
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('content-security-policy', policy)
  return response
}

/**
 * What programs and pages ask puts the same question itself, see route-handler.ts and api/trpc: coming through here costs
 * a request as much as answering it, and Next would hold all of a body before the answer to its head.
 */
export const config = { matcher: ['/((?!api/v1/|api/trpc/).*)'] }
