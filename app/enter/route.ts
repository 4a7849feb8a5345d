import { reportError } from '@/server/public-error'
import { requestContext } from '@/server/request-context'
import { enterBrowser } from '@/server/services/browser-sessions/enter-browser'
import { renderSignIn, SIGN_IN_HEADERS } from '@/server/services/browser-sessions/sign-in-page'

export const dynamic = 'force-dynamic'

const USED_UP = 'This link lets nobody in: it was used before, is older than an hour, or is not whole.'

/** Opens a one-time link. */
export async function GET(request: Request): Promise<Response> {
  // What only looks at a link (a chat program's preview, say) must not use it up.
  if (request.method !== 'GET') return new Response(null, { status: 405, headers: { allow: 'GET' } })
  try {
    const entered = await enterBrowser(requestContext('browser'), new URL(request.url), request.headers)
    if (entered === null) return new Response(renderSignIn(USED_UP, false), { status: 401, headers: SIGN_IN_HEADERS })
    const headers = new Headers({
      location: entered.path,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    })
    if (entered.setCookie !== null) headers.set('set-cookie', entered.setCookie)
    return new Response(null, { status: 303, headers })
  } catch (error) {
    reportError(error)
    const sorry = 'Something went wrong inside Makima. Its log says more; try again in a moment.'
    return new Response(renderSignIn(sorry, false), { status: 500, headers: SIGN_IN_HEADERS })
  }
}

export { GET as HEAD }
