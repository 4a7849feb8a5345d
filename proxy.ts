// Runs before every page, procedure, REST call and file: see server/request-guard.ts for the rules.
import { type NextRequest, NextResponse } from 'next/server'
import { readEnv } from '@/server/env'
import { problem } from '@/server/problem'
import { refuseRequest } from '@/server/request-guard'

export function proxy(request: NextRequest): Response {
  const { method, headers, nextUrl } = request
  const refusal = refuseRequest({ method, headers, pathname: nextUrl.pathname }, readEnv())
  return refusal ? problem(refusal) : NextResponse.next()
}
