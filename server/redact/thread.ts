// Runs in a thread of its own: masks what it is sent and sends it back. The server answers meanwhile.
import { parentPort } from 'node:worker_threads'
import { CHUNK_CHARACTERS, CHUNK_FINDINGS, type FromThread, MOST_FINDINGS, type ToThread } from './thread-messages'
import { type Part, redact } from './redact'

let parts: Part[] = []

parentPort?.on('message', (message: ToThread) => {
  if ('parts' in message) {
    parts.push(...message.parts)
    return
  }
  const asked = parts
  parts = []
  try {
    const { texts, findings } = redact(asked, message.choices)
    for (const chunk of chunksOf(texts)) send({ texts: chunk })
    const masked = findings.filter((one) => one.masked).length
    const more = Math.max(0, findings.length - MOST_FINDINGS)
    // Secrets first: of these each may have to be looked at.
    const told = [true, false].flatMap((isSecret) => findings.filter(({ group }) => (group === 'secret') === isSecret))
    told.length -= more
    for (let at = 0; at < told.length; at += CHUNK_FINDINGS) send({ findings: told.slice(at, at + CHUNK_FINDINGS) })
    send({ masked, more })
  } catch (error) {
    // The texts themselves must not get into a log.
    send({
      error:
        error instanceof Error ? `${error.name} ${error.stack?.split('\n').slice(1, 6).join('\n') ?? ''}` : 'unknown',
    })
  }
})

function send(message: FromThread): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(message)
}

/** In pieces, since taking over a message holds up whoever gets it. */
function* chunksOf(texts: readonly string[]): Generator<string[]> {
  let chunk: string[] = []
  let characters = 0
  for (const text of texts) {
    chunk.push(text)
    characters += text.length
    if (characters < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = []
    characters = 0
  }
  if (chunk.length > 0) yield chunk
}
