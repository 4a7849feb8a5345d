// Owns hearing what agents write: one LISTEN connection per process, every note handed to each reader.
import { type Connection, getDatabase } from '@/db/client'
import { reportError } from './public-error'
import { LIVE_CHANNEL, type LiveNote } from './services/runs/live-text'
import { shutdownSignal } from './shutdown'

type Hub = { readers: Set<(note: LiveNote) => void>; listening: Promise<unknown> | null }

const shared = globalThis as typeof globalThis & { __makimaNotes?: Hub }

/** A reader that falls behind so far gets the whole anew instead. */
const MOST_WAITING = 5_000

function hub(connection: Connection): Hub {
  shared.__makimaNotes ??= { readers: new Set(), listening: null }
  const notes = shared.__makimaNotes
  notes.listening ??= connection.raw
    .listen(LIVE_CHANNEL, (payload) => {
      const note = JSON.parse(payload) as LiveNote
      for (const read of notes.readers) read(note)
    })
    .catch((error: unknown) => {
      notes.listening = null
      reportError(error)
    })
  return notes
}

/** The notes of a task from the moment this function is called, until `signal` or the process ends. */
export async function liveNotes(
  taskId: string,
  signal: AbortSignal | undefined,
  connection: Connection = getDatabase(),
): Promise<AsyncGenerator<LiveNote>> {
  const ended = AbortSignal.any([shutdownSignal(), ...(signal ? [signal] : [])])
  const notes = hub(connection)
  let waiting: LiveNote[] = []
  let wake = () => {}
  const read = (note: LiveNote) => {
    if (note.taskId !== taskId) return
    if (waiting.length >= MOST_WAITING) waiting = []
    waiting.push(note)
    wake()
  }
  const onEnd = () => wake()
  notes.readers.add(read)
  ended.addEventListener('abort', onEnd)
  const close = () => {
    notes.readers.delete(read)
    ended.removeEventListener('abort', onEnd)
  }
  await notes.listening
  async function* generate(): AsyncGenerator<LiveNote> {
    try {
      while (!ended.aborted) {
        const [note] = waiting.splice(0, 1)
        if (note) yield note
        else {
          await new Promise<void>((resolve) => {
            wake = resolve
            if (waiting.length > 0 || ended.aborted) resolve()
          })
        }
      }
    } finally {
      close()
    }
  }
  return generate()
}
