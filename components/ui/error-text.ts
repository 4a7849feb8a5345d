// Turns any failure into what a person reads. Sentences of our own errors are shown; anything else is not quoted.

export type ErrorText = { title: string; detail: string; code: string | null }

/** A refusal of REST with the sentence that the server gave. */
export class RestError extends Error {
  override readonly name = 'RestError'
}

type TrpcLike = { message: string; data?: { code?: string } | null; meta?: { response?: { status?: number } } }

function isTrpcError(error: unknown): error is Error & TrpcLike {
  return error instanceof Error && error.name === 'TRPCClientError'
}

/** What to show for an error: our own sentence when the server sent one, else a plain one and what to do. */
export function describeError(error: unknown): ErrorText {
  if (isTrpcError(error)) {
    const code = error.data?.code ?? null
    if (error.meta?.response?.status === 401) {
      const detail = 'This browser is signed out. Run `makima open` on the machine of Makima, which signs it in again.'
      return { title: 'Signed out', detail, code: 'UNAUTHORIZED' }
    }
    if (!error.data) {
      return {
        title: 'Makima does not answer',
        detail: 'The server may have stopped. Look at the terminal where it runs, then try again.',
        code: null,
      }
    }
    const internal = code === 'INTERNAL_SERVER_ERROR'
    return { title: internal ? 'Something went wrong' : 'This did not work', detail: error.message, code }
  }
  if (error instanceof RestError) return { title: 'This did not work', detail: error.message, code: null }
  return {
    title: 'Something went wrong',
    detail:
      'Makima could not do this. Try again; if it goes on, the reason is in the log of the terminal where it runs.',
    code: null,
  }
}

/** True when what was shown no longer fits what is there. */
export function isConflict(error: unknown): boolean {
  return isTrpcError(error) && error.data?.code === 'CONFLICT'
}
