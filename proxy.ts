// Runs before every page, procedure and file: see server/request-guard.ts for the rules.
import { type NextRequest, NextResponse } from 'next/server'
import { type Env, readEnv } from '@/server/env'
import { problem } from '@/server/problem'
import { refuseRequest } from '@/server/request-guard'

let env: Env | undefined

export function proxy(request: NextRequest): Response {
  const { method, headers, nextUrl } = request
  env ??= readEnv()
  const refusal = refuseRequest({ method, headers, pathname: nextUrl.pathname }, env)
  return refusal ? problem(refusal) : NextResponse.next()
}

/** REST asks the same question itself, see route-handler.ts: coming through here costs a request as much as answering it. */
export const config = { matcher: ['/((?!api/v1/).*)'] }
