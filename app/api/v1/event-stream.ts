// Server-sent events: one `id` and one JSON object each, and a word now and then so that nobody takes the line for dead.
import { reportError } from '@/server/public-error'
import { shutdownSignal } from '@/server/shutdown'

export type SentEvent = { id: string; data: object }

const PING_MS = 15_000
/** How long a browser waits before it comes back. */
const RETRY_MS = 1_000

/**
 * Streams what `follow` yields until the reader goes, the process ends or `follow` does. It begins with the id from which
 * the stream goes on, so that who comes back before the first event misses none either.
 */
export function streamEvents(
  startId: string,
  request: AbortSignal,
  follow: (ended: AbortSignal) => AsyncIterable<SentEvent>,
): Response {
  const gone = new AbortController()
  const ended = AbortSignal.any([request, gone.signal, shutdownSignal()])
  const encoder = new TextEncoder()
  let isCancelled = false
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => {
        if (!ended.aborted) controller.enqueue(encoder.encode(text))
      }
      const ping = setInterval(() => send(': still here\n\n'), PING_MS)
      send(`retry: ${RETRY_MS}\nid: ${startId}\nevent: open\ndata: {}\n\n`)
      try {
        for await (const { id, data } of follow(ended)) send(`id: ${id}\ndata: ${JSON.stringify(data)}\n\n`)
      } catch (error) {
        // The reader comes back with the last id that it has.
        if (!ended.aborted) reportError(error)
      } finally {
        clearInterval(ping)
        if (!isCancelled) controller.close()
      }
    },
    cancel: () => {
      isCancelled = true
      gone.abort()
    },
  })
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }
  return new Response(body, { headers })
}
