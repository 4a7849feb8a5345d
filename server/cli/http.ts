// Owns talking to a running Makima over REST: where it is, and what its errors say.
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { readEnv } from '@/server/env'
import { AppError, type ErrorCode, ERROR_CODES, isAppError } from '@/server/errors'
import { readLocalToken } from '@/server/local-token'
import { withPatience } from './patience'
import { findRunning } from './run-file'

/** Where a Makima is reached, and what is shown there to be let in. */
export type Address = {
  url: string
  key: string | null
  /** True for the Makima that runs on this machine's home: it can read what is here. */
  isOwn: boolean
}

/**
 * The Makima to talk to: MAKIMA_API_URL, else the one that runs on `home`. The local token is shown only to the one that
 * made it: it would be a gift to any other. Throws where it looked.
 */
export function findAddress(home: string, apiUrl = process.env.MAKIMA_API_URL): Address {
  const running = findRunning(home)
  const url = apiUrl ? apiUrl.replace(/\/+$/, '') : running?.url
  const isOwn = url !== undefined && url === running?.url
  if (url) return { url, isOwn, key: process.env.MAKIMA_API_KEY || (isOwn ? readLocalToken(home) : null) }
  throw new AppError(
    'precondition_failed',
    running
      ? `Makima is just starting (pid ${running.pid}). Try again in a few seconds.`
      : `Makima does not run: MAKIMA_API_URL is not set, and nothing runs on ${home}. Start it with \`npm start\`.`,
  )
}

/** The same for a command: `--home`, else the usual home. */
export function addressOf({ home }: { home?: string }): Address {
  return findAddress(home ?? readEnv().home)
}

/** Whether the API has something at `path`. */
export async function isKnown(address: Address, path: string): Promise<boolean> {
  try {
    await call(address, 'GET', path)
    return true
  } catch (error) {
    if (isAppError(error) && error.code === 'not_found') return false
    throw error
  }
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** Calls the REST API and returns its JSON. Problems come out as AppError with the sentence the server gave. */
export async function call<T>(address: Address, method: Method, path: string, body?: unknown): Promise<T> {
  return (await (await request(address, method, path, body)).json()) as T
}

/** The same, for what is no JSON. */
export async function request(
  address: Address,
  method: Method,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  if (body === undefined) return send(address, path, { method, headers })
  const json = { 'content-type': 'application/json' }
  return send(address, path, { method, headers: { ...headers, ...json }, body: JSON.stringify(body) })
}

/** Sends a file as it is, in pieces, and returns the JSON that comes back. */
export async function sendFile<T>(address: Address, path: string, file: string): Promise<T> {
  // The same thing under two names in the types of Node and of browsers.
  const body = Readable.toWeb(createReadStream(file)) as unknown as ReadableStream
  const headers = { 'content-type': 'application/octet-stream' }
  return (await (await send(address, path, { method: 'POST', headers, body, duplex: 'half' })).json()) as T
}

type Sent = Omit<RequestInit, 'headers'> & { headers: Record<string, string>; duplex?: 'half' }

async function send(address: Address, path: string, sent: Sent): Promise<Response> {
  const shown: Record<string, string> = address.key === null ? {} : { authorization: `Bearer ${address.key}` }
  let response: Response
  try {
    response = await withPatience(
      fetch(`${address.url}/api/v1${path}`, { ...sent, headers: { ...sent.headers, ...shown } }),
    )
  } catch (cause) {
    throw new AppError('precondition_failed', `Nothing answers at ${address.url}. Start Makima with \`npm start\`.`, {
      cause,
    })
  }
  if (response.ok) return response
  throw problem(response.status, await response.text())
}

function problem(status: number, text: string): AppError {
  try {
    const { code, detail } = JSON.parse(text) as { code?: string; detail?: string }
    if (code && code in ERROR_CODES && detail) return new AppError(code as ErrorCode, detail)
  } catch {
    // Not one of our answers.
  }
  return new AppError(status === 404 ? 'not_found' : 'internal', `The server answered ${status}. Its log says more.`)
}
