// Who asks: a page of Makima in the person's browser, a program of the person that shows the local token, or the holder
// of an API key. Where a request may come from at all is decided before, see server/request-guard.ts.
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { isLocalToken } from '@/server/local-token'
import { isOwnPage } from '@/server/request-guard'
import { enterWithKey } from './api-keys'

/**
 * The context of who sent these headers. `isReading`: the request changes nothing.
 * @throws AppError `unauthenticated` for a program without a key or with a wrong one, `forbidden` where a key's scope ends.
 */
export async function enter(ctx: Context, headers: Headers, isReading: boolean): Promise<Context> {
  const shown = headers.get('authorization')
  if (shown === null) {
    if (isOwnPage(headers)) return ctx
    throw new AppError(
      'unauthenticated',
      'A program needs a key: send Authorization: Bearer KEY. Make one in the settings or with `makima keys create`; ' +
        'on the machine of Makima itself, the line in the file `token` of its home folder will do.',
    )
  }
  const [, key] = /^Bearer\s+(\S+)\s*$/i.exec(shown) ?? []
  if (!key) throw new AppError('unauthenticated', 'A key is sent as Authorization: Bearer KEY.')
  return isLocalToken(ctx.env.home, key) ? ctx : enterWithKey(ctx, key, isReading)
}
