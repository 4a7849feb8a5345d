// Owns who may talk to Makima at all. It listens on this machine and can change files, so no page of another site in the
// same browser, and no name that an attacker points at this address (DNS rebinding), may read or do anything.

export type GuardedRequest = {
  method: string
  pathname: string
  headers: { get(name: string): string | null }
  /** True where the address takes a file as it is instead of JSON. */
  takesFile?: boolean
}

/** `host` is what the server listens on; `port` its port (0: not known, then any); `allowedHosts` names given by a person. */
export type GuardOptions = { host: string; boundPort: number; allowedHosts: readonly string[] }

export type Refusal = { status: number; code: 'forbidden' | 'invalid'; detail: string }

/** Null when the request may go on. Needs only its head, and says nothing about what lies behind. */
export function refuseRequest(request: GuardedRequest, options: GuardOptions): Refusal | null {
  const host = request.headers.get('host')?.toLowerCase() ?? ''
  if (!isOwnHost(host, options)) {
    return forbidden(
      'This name does not lead to Makima. Open it by its own address, or name it in MAKIMA_ALLOWED_HOSTS.',
    )
  }
  return refuseOrigin(request, host) ?? refuseContentType(request)
}

const forbidden = (detail: string): Refusal => ({ status: 403, code: 'forbidden', detail })

const FOREIGN = 'Pages of other sites may not talk to Makima.'

const isReading = (method: string) => method === 'GET' || method === 'HEAD'

/** Browsers say where a request comes from. What a program says here opens nothing: who asks is decided further on. */
function refuseOrigin({ method, pathname, headers }: GuardedRequest, host: string): Refusal | null {
  const origin = headers.get('origin')?.toLowerCase()
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) return forbidden(FOREIGN)
  const site = headers.get('sec-fetch-site')
  if (site === null || site === 'same-origin' || site === 'none') return null
  // A link on another site may open a page here, as that site cannot see it; but not an API, and nothing that changes.
  const opensPage =
    isReading(method) &&
    headers.get('sec-fetch-mode') === 'navigate' &&
    (headers.get('sec-fetch-dest') ?? 'document') === 'document' &&
    !pathname.toLowerCase().startsWith('/api')
  return opensPage ? null : forbidden(FOREIGN)
}

/** How a file is sent as it is. */
export const FILE_TYPE = 'application/octet-stream'
const SHARE = /^\/share\/[\w-]{1,100}$/

/** A plain form can send three content types to any site, and neither JSON nor a file as it is are among them. */
function refuseContentType({ method, pathname, headers, takesFile }: GuardedRequest): Refusal | null {
  if (isReading(method) || method === 'OPTIONS') return null
  const type = headers.get('content-type')
  // The page of a share works without scripts: its password comes by a form, and opens nothing but that share.
  if (SHARE.test(pathname) && /^application\/x-www-form-urlencoded\s*(;|$)/i.test(type?.trim() ?? '')) return null
  if (takesFile) {
    if (type?.trim().toLowerCase() === FILE_TYPE) return null
    return { status: 415, code: 'invalid', detail: `Send the file as it is with Content-Type: ${FILE_TYPE}.` }
  }
  const hasBody = Number(headers.get('content-length') ?? 0) > 0 || headers.get('transfer-encoding') !== null
  if (type === null ? !hasBody : /^application\/json\s*(;|$)/i.test(type.trim())) return null
  return { status: 415, code: 'invalid', detail: 'Send the body as JSON with Content-Type: application/json.' }
}

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/
const EVERYWHERE = ['0.0.0.0', '::', '[::]']

function isOwnHost(host: string, options: GuardOptions): boolean {
  if (options.allowedHosts.includes(host)) return true
  const [, name = '', port] = /^(\[[^\]]*\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(host) ?? []
  if (name === '') return false
  if (options.allowedHosts.includes(name)) return true
  // Without a port in the name, the browser means the usual one of http.
  if (options.boundPort !== 0 && Number(port ?? 80) !== options.boundPort) return false
  if (LOOPBACK.test(name)) return true
  const bound = options.host.toLowerCase()
  // An address typed as such cannot be a name that somebody else points here.
  if (EVERYWHERE.includes(bound)) return ADDRESS.test(name)
  return name === bound || name === `[${bound}]`
}
