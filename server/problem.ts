// Errors over HTTP: RFC 9457, with the closed code beside the sentence.
import { ERROR_CODES, type ErrorCode } from './errors'

const TITLES: Record<ErrorCode, string> = {
  invalid: 'The request is not valid',
  unauthenticated: 'Sign in first',
  forbidden: 'Not allowed',
  not_found: 'Not found',
  conflict: 'Something else is in the way',
  precondition_failed: 'Not possible as things are',
  too_large: 'Too large',
  rate_limited: 'Too many requests',
  git_failed: 'Git failed',
  internal: 'Something went wrong',
}

export type Problem = { code: ErrorCode; detail: string; status?: number; headers?: Record<string, string> }

export function problem({ code, detail, status = ERROR_CODES[code].http, headers }: Problem): Response {
  const body = { type: 'about:blank', title: TITLES[code], status, code, detail }
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  })
}
