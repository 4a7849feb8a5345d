// What happens when a browser opens a one-time link.
import type { Context } from '@/server/context'
import { beginBrowserSession, enterWithSession } from './browser-sessions'
import { readCookie, writeCookie } from './cookie'
import { ownPath, redeemEntryLink } from './entry-links'

/** `setCookie`: null for a browser that was in already. `path`: the page it goes on to. */
export type Entered = { setCookie: string | null; path: string }

/** `url`: the address that was opened. Null when its link is not known, expired or used, and the browser is not in already. */
export async function enterBrowser(ctx: Context, url: URL, headers: Headers): Promise<Entered | null> {
  const path = ownPath(url.searchParams.get('to') ?? '/')
  const { home } = ctx.env
  const shown = readCookie(home, headers.get('cookie'))
  // A link that is opened twice in the same browser, as terminals and people do, still leads in.
  if (shown !== null && (await enterWithSession(ctx, shown)) !== null) return { setCookie: null, path }
  const link = await redeemEntryLink(ctx, url.searchParams.get('t') ?? '')
  if (link === null) return null
  const { secret } = await beginBrowserSession(ctx, { ownerId: link.ownerId, userAgent: headers.get('user-agent') })
  const isSecure = url.protocol === 'https:' || headers.get('x-forwarded-proto') === 'https'
  return { setCookie: writeCookie(home, secret, isSecure), path }
}
