// Who asks: a browser that was let in by a one-time link, a program of the person that shows the local token, or the
// holder of an API key. Headers that any program can write open nothing; where a request may come from at all is decided
// before, see server/request-guard.ts.
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { isLocalToken } from '@/server/local-token'
import { enterWithKey, isKeyOpen } from './api-keys'
import { enterWithSession, isSessionOpen } from './browser-sessions/browser-sessions'
import { readCookie } from './browser-sessions/cookie'

/**
 * The context of who sent these headers. `isReading`: the request changes nothing.
 * @throws AppError `unauthenticated` for who shows nothing or something wrong, `forbidden` where a key's scope ends.
 */
export async function enter(ctx: Context, headers: Headers, isReading: boolean): Promise<Context> {
  const shown = headers.get('authorization')
  if (shown === null) return enterWithCookie(ctx, headers)
  const [, key] = /^Bearer\s+(\S+)\s*$/i.exec(shown) ?? []
  if (!key) throw new AppError('unauthenticated', 'A key is sent as Authorization: Bearer KEY.')
  return isLocalToken(ctx.env.home, key) ? ctx : enterWithKey(ctx, key, isReading)
}

async function enterWithCookie(ctx: Context, headers: Headers): Promise<Context> {
  const secret = readCookie(ctx.env.home, headers.get('cookie'))
  const entered = secret === null ? null : await enterWithSession(ctx, secret)
  if (entered !== null) return entered
  throw new AppError(
    'unauthenticated',
    `${secret === null ? 'This browser was not let in yet' : 'This browser’s session has ended'}: run \`makima open\` on the machine of ` +
      'Makima, which makes a link that lets it in. A program sends Authorization: Bearer KEY; make a key in the settings ' +
      'or with `makima keys create`. On that machine, the line in the file `token` of Makima’s folder will do.',
  )
}

/** False once what a context came in with was taken back, ended or has expired. */
export async function isStillAllowed(ctx: Context): Promise<boolean> {
  return (await isKeyOpen(ctx)) && (await isSessionOpen(ctx))
}
