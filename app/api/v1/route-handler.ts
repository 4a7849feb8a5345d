// What every REST call has: the guard against other sites, context, input, errors as problem+json, 405, Idempotency-Key. A route says only what it calls.
import type { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { requirePlainText } from '@/server/plain-text'
import { problem } from '@/server/problem'
import { reportError, toPublicError } from '@/server/public-error'
import { readBody } from '@/server/read-body'
import { refuseRequest } from '@/server/request-guard'
import { requestContext } from '@/server/request-context'
import { enter } from '@/server/services/entry'
import { once } from '@/server/services/idempotency'
import type { Description } from './describe'
import { type Lasting, lastingAnswer } from './lasting-answers'

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
export type Method = (typeof METHODS)[number]

/** The parts of the address in brackets. */
export type Params = Record<string, string | string[] | undefined>

export type Call = {
  ctx: Context
  params: Params
  query: Query
  /** The JSON object that was sent; empty when nothing was. */
  body: Record<string, unknown>
  /** What was sent, where the route takes a file; null elsewhere and when nothing was. */
  file: Request['body']
  headers: Headers
  /** Aborted when who asked is gone. */
  signal: AbortSignal
}

/** What a handler gives back: a body (200), a body with another status, or a whole response (a stream). */
export type Reply = Response | Answer | object
export class Answer {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {}
}

export type Handler = (call: Call) => Promise<Reply>
type RouteContext = { params: Promise<Params> }
type RouteMethods = Record<Method, (request: Request, context: RouteContext) => Promise<Response>>

/** Longest body in bytes; the largest thing that is sent is a task's plan. */
const BODY_BYTES = 1_000_000

/** Browsers and what stands between keep nothing of it. */
const NOT_STORED = { 'cache-control': 'no-store' }

/** Tells questions to one route from the same ones to another, also where an address does not. */
let served = 0

/** The exports of a route file: methods that it lacks answer 405. What each does is described beside it. */
export function route<Served extends Method>(
  handlers: Record<Served, Handler>,
  descriptions: Record<Served, Description> | null,
): RouteMethods {
  const given: Partial<Record<Method, Handler>> = handlers
  const described: Partial<Record<Method, Description>> = descriptions ?? {}
  const allow = METHODS.filter((method) => given[method]).join(', ')
  const refuse = async () =>
    problem({ code: 'invalid', status: 405, detail: `This address takes ${allow} only.`, headers: { allow } })
  const methods = METHODS.map((method) => {
    const handler = given[method]
    const description = described[method]
    return [method, handler ? Object.assign(serve(method, handler, description), { description }) : refuse] as const
  })
  return Object.fromEntries(methods) as unknown as RouteMethods
}

function serve(method: Method, handler: Handler, description?: Description) {
  const looks = description?.looks === true
  const isFree = description?.free === true
  const takesFile = description?.takesFile === true
  const isKept = method !== 'GET' && !looks && !takesFile && description?.tellsOnce !== true
  const lasting = method === 'GET' ? description?.lasts : undefined
  const number = ++served
  return async (request: Request, { params }: RouteContext): Promise<Response> => {
    try {
      const url = new URL(request.url)
      const outside = requestContext('rest')
      const refusal = refuseRequest(
        { method, pathname: url.pathname, headers: request.headers, takesFile },
        outside.env,
      )
      if (refusal) return problem(refusal)
      // The caller is known before anything of the body is read.
      const ctx = isFree ? outside : await enter(outside, request.headers, method === 'GET' || looks)
      const text = method === 'GET' || takesFile ? '' : await readBody(request, BODY_BYTES)
      const call = {
        ctx,
        params: await params,
        query: new Query(url.searchParams),
        body: parseBody(text),
        file: takesFile ? request.body : null,
        headers: request.headers,
        signal: request.signal,
      }
      for (const [name, value] of url.searchParams) requirePlainText([value, name], name)
      requirePlainText(call.params)
      requirePlainText(call.body)
      if (lasting) {
        const question = `${number} ${url.pathname} ${JSON.stringify(call.params)}${url.search}`
        return await answerAgain(call, question, lasting, handler)
      }
      const key = request.headers.get('idempotency-key')
      const reply =
        key === null || !isKept
          ? await handler(call)
          : await answerOnce(call, key, `${method} ${url.pathname}${url.search}\n${text}`, handler)
      return respond(reply)
    } catch (error) {
      reportError(error)
      return problem(toPublicError(error))
    }
  }
}

async function answerAgain(call: Call, question: string, lasting: Lasting, handler: Handler): Promise<Response> {
  const body = await lastingAnswer(call.ctx, question, lasting, () => handler(call))
  // With its length it goes out in one piece.
  const headers = { ...NOT_STORED, 'content-type': 'application/json', 'content-length': String(body.byteLength) }
  return new Response(body, { headers })
}

async function answerOnce(call: Call, key: string, request: string, handler: Handler): Promise<Answer> {
  const { status, body } = await once(call.ctx, key, request, async () => {
    const reply = await handler(call)
    return reply instanceof Answer ? reply : { status: 200, body: reply }
  })
  return new Answer(status, body)
}

function respond(reply: Reply): Response {
  if (reply instanceof Response) return reply
  const { status, body } = reply instanceof Answer ? reply : { status: 200, body: reply }
  if (status === 204) return new Response(null, { status })
  return Response.json(body, { status, headers: NOT_STORED })
}

function parseBody(text: string): Record<string, unknown> {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid', 'The body is not valid JSON. Correct it and send it again.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid', 'The body must be a JSON object, such as {}.')
  }
  return value as Record<string, unknown>
}

/** The part of an address after `?`. A list may be repeated or written with commas; an empty value counts as absent. */
export class Query {
  constructor(private readonly values: URLSearchParams) {}

  text(name: string): string | undefined {
    return this.values.get(name) || undefined
  }

  list(name: string): string[] | undefined {
    const found = this.values
      .getAll(name)
      .flatMap((value) => value.split(','))
      .filter(Boolean)
    return found.length > 0 ? found : undefined
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    if (value === 'true' || value === '1') return true
    if (value === 'false' || value === '0') return false
    throw new AppError('invalid', `${name} is true or false.`)
  }

  /** limit and cursor, as every list takes them. */
  page() {
    return { limit: this.text('limit'), cursor: this.text('cursor') }
  }
}

/** The id in the address, or a sentence that it is none. */
export function idOf(params: Params, name = 'id'): string {
  const text = String(params[name] ?? '')
  const id = text.toLowerCase()
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) return id
  throw new AppError('invalid', `"${text.slice(0, 60)}" is not an id. An id is a UUID; copy it from a list.`)
}

/** What was sent, checked; wrong input is answered with the first thing that is wrong. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  return schema.parse(value)
}
