// Listens to a task as its page does, and keeps what the page would show while the agent writes.
import type { Makima } from './makima'

export type Listener = {
  /** When the first piece came, in ms as `performance.now()` counts; null while there was none. */
  firstAt: () => number | null
  /** All that was written, in order. */
  text: () => string
  /** Pieces that came with a gap before them, or came twice. */
  faults: () => number
  close: () => void
}

type Heard = { type: string; kind?: string; text?: string; from?: number }

/** Opens the subscription of a task's page; resolves once it is heard. */
export async function listen(makima: Makima, taskId: string): Promise<Listener> {
  const stop = new AbortController()
  const input = encodeURIComponent(JSON.stringify({ json: { taskId } }))
  const answer = await makima.ask(`/api/trpc/runs.onLive?input=${input}`, {
    headers: { accept: 'text/event-stream' },
    signal: stop.signal,
  })
  if (!answer.ok || !answer.body) throw new Error(`the task cannot be followed: ${answer.status}`)
  let firstAt: number | null = null
  let [done, now] = ['', '']
  let faults = 0
  const hear = (heard: Heard) => {
    const text = heard.text ?? ''
    if (heard.type === 'piece' && heard.kind === 'text') {
      firstAt ??= performance.now()
      if (heard.from !== now.length) faults++
      now += text
    } else if (heard.type === 'recorded') {
      done += now.slice(0, now.length - text.length)
      now = text
    } else if (heard.type === 'whole' && text !== now) {
      if (text !== '') firstAt ??= performance.now()
      now = text
    }
  }
  void (async () => {
    let rest = ''
    const decoder = new TextDecoder()
    for await (const part of answer.body as unknown as AsyncIterable<Uint8Array>) {
      const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const heard = readData(line)
        if (heard) hear(heard)
      }
    }
  })().catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  return { firstAt: () => firstAt, text: () => done + now, faults: () => faults, close: () => stop.abort() }
}

/** What a line brings; pings bring an empty one. */
function readData(line: string): Heard | null {
  const text = line.startsWith('data:') ? line.slice(5).trim() : ''
  return text === '' ? null : ((JSON.parse(text) as { json?: Heard }).json ?? null)
}
