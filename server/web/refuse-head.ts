// What is refused by the head of a request alone, before any of its body is read and before Next sees it: Next reads what
// is sent to a page as a whole, and answers a broken address or an odd method as a fault of its own.
import type { IncomingHttpHeaders } from 'node:http'
import type { Problem } from '@/server/problem'

export type RequestHead = { method: string; url: string; headers: IncomingHttpHeaders }

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const PAGE_METHODS = ['GET', 'HEAD', 'OPTIONS']
/** What the form with a share's password has at most, in bytes. */
const FORM_BYTES = 4_000

/** Null when the request may go on. Who asks is not looked at here. */
export function refuseHead({ method, url, headers }: RequestHead): Problem | null {
  const [path = ''] = url.split('?')
  if (!path.startsWith('/') || !isWellWritten(path)) {
    return { code: 'invalid', detail: 'This address is not written correctly. Check what stands behind its % signs.' }
  }
  if (!METHODS.includes(method)) return refuseMethod(METHODS)
  if (isApi(path)) return null
  if (!isReadableState(headers['next-router-state-tree'])) {
    return {
      code: 'invalid',
      detail: 'What the browser says of the page it shows cannot be read. Load the page again.',
    }
  }
  // Next would read all of a body before proxy.ts is asked who sends it.
  if (PAGE_METHODS.includes(method)) return hasBody(headers) ? NO_BODY : null
  if (!path.startsWith('/share/')) return refuseMethod(PAGE_METHODS)
  return method === 'POST' ? refuseForm(headers) : refuseMethod([...PAGE_METHODS, 'POST'])
}

/** True for what asks by itself who sends it, before it reads a body; all else goes through proxy.ts, as pages do. */
export const isApi = (path: string): boolean => /^\/api\/(v1|trpc)(\/|$)/.test(path)

function isWellWritten(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/** What Next's own pages tell of where they are, as JSON in escapes; Next takes what is neither for its own fault. */
function isReadableState(header: string | string[] | undefined): boolean {
  if (header === undefined) return true
  try {
    return Array.isArray(JSON.parse(decodeURIComponent(String(header))))
  } catch {
    return false
  }
}

const NO_BODY: Problem = { code: 'invalid', detail: 'A page takes no body. Send it to an address of the API.' }

const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

function refuseForm(headers: IncomingHttpHeaders): Problem | null {
  const isCounted = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) <= FORM_BYTES
  return isCounted ? null : { code: 'too_large', detail: 'A password is shorter than that.' }
}

const refuseMethod = (methods: string[]): Problem => ({
  code: 'invalid',
  status: 405,
  detail: `This address takes ${methods.join(', ')} only.`,
  headers: { allow: methods.join(', ') },
})
