// Ends what lasts (event streams) soon after the one who listens may no longer.
import type { Context } from '@/server/context'
import { isStillAllowed } from './entry'

/** How soon a listener whose key or session was ended hears no more. */
const CHECK_MS = 2_000

/**
 * Yields what `follow` does until `request` is aborted or `ctx` is no longer allowed in; `follow` is told by its signal.
 * While the database is away nobody is shut out: there is nothing to tell then either.
 */
export async function* whileAllowed<T>(
  ctx: Context,
  request: AbortSignal | undefined,
  follow: (ended: AbortSignal) => AsyncIterable<T>,
): AsyncGenerator<T> {
  const shutOut = new AbortController()
  const timer = setInterval(() => {
    void isStillAllowed(ctx).then(
      (isAllowed) => isAllowed || shutOut.abort(),
      () => {},
    )
  }, CHECK_MS)
  try {
    yield* follow(request ? AbortSignal.any([request, shutOut.signal]) : shutOut.signal)
  } finally {
    clearInterval(timer)
  }
}
