// What an agent is writing right now, on its way to the pages: small notes over NOTIFY, and now and then the whole in the
// row, so that a page that comes later or missed a note finds the rest.
import { eq, sql } from 'drizzle-orm'
import { runs } from '@/db/run-tables'
import type { Context } from '@/server/context'
import type { LiveText } from './run-views'

/** Channel of the notes; see `LiveNote`. */
export const LIVE_CHANNEL = 'makima_live'

type LiveKind = 'text' | 'thinking'

/** How many characters of each kind were complete at a moment, counted from the beginning of the run. */
export type LiveMark = Record<LiveKind, number>

/** `block` counts what was written before; `from` says how many characters of this block came before this piece. */
export type LiveNote =
  | { runId: string; taskId: string; block: number; kind: 'text' | 'thinking'; from: number; text: string }
  /** What was written lies in the conversation now, but for the last `keep` characters, with which this block begins. */
  | { runId: string; taskId: string; block: number; kind: 'recorded'; keep: Record<LiveKind, number> }
  /** The run's row changed: it waits, has ended … */
  | { runId: string; taskId: string; block: number; kind: 'state' }

const PIECE_MS = 60
const SNAPSHOT_MS = 500
/** A note must stay below PostgreSQL's 8,000 bytes; a character may take 6 of them as JSON. */
const MOST_CHARACTERS = 1_200

/** Gathers pieces of text and sends them; what is sent is numbered, so that nothing is missed or shown twice. */
export class LiveWriter {
  private block = 0
  private shown: Record<LiveKind, string> = { text: '', thinking: '' }
  /** Where `shown` begins, where everything pushed ends, and where what the agent said it has recorded ends. */
  private begin: LiveMark = { text: 0, thinking: 0 }
  private readonly end: LiveMark = { text: 0, thinking: 0 }
  private completed: LiveMark = { text: 0, thinking: 0 }
  private readonly waiting: { kind: LiveKind; text: string }[] = []
  private timer: NodeJS.Timeout | null = null
  private flushedAt = 0
  private snapshotAt = 0
  private sending: Promise<void> = Promise.resolve()

  constructor(
    private readonly ctx: Context,
    private readonly run: { id: string; taskId: string },
  ) {}

  push(kind: LiveKind, text: string): void {
    this.end[kind] += text.length
    const last = this.waiting.at(-1)
    if (last?.kind === kind) last.text += text
    else this.waiting.push({ kind, text })
    // What comes after a silence, the first word above all, is sent at once.
    this.timer ??= setTimeout(() => void this.flush(), Math.max(0, this.flushedAt + PIECE_MS - Date.now()))
  }

  /** The agent recorded what it wrote up to here. */
  complete(): void {
    this.completed = { ...this.end }
  }

  /** What the agent has recorded by now. */
  mark(): LiveMark {
    return this.completed
  }

  /** What was recorded at `mark` lies in the conversation, what came after it not yet. `isNew`: pages should look. */
  async recorded(mark: LiveMark, isNew: boolean): Promise<void> {
    await this.flush()
    const { text, thinking } = this.shown
    const rest = {
      text: text.slice(Math.max(0, mark.text - this.begin.text)),
      thinking: thinking.slice(Math.max(0, mark.thinking - this.begin.thinking)),
    }
    if (!isNew && rest.text.length === text.length && rest.thinking.length === thinking.length) return
    this.begin = {
      text: this.begin.text + text.length - rest.text.length,
      thinking: this.begin.thinking + thinking.length - rest.thinking.length,
    }
    this.block += 1
    this.shown = rest
    const keep = { text: rest.text.length, thinking: rest.thinking.length }
    await this.enqueue([{ ...this.about(), kind: 'recorded', keep }], true)
  }

  async changed(): Promise<void> {
    await this.enqueue([{ ...this.about(), kind: 'state' }], false)
  }

  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    this.flushedAt = Date.now()
    const notes: LiveNote[] = []
    for (const { kind, text } of this.waiting.splice(0)) {
      for (let at = 0; at < text.length; at += MOST_CHARACTERS) {
        const piece = text.slice(at, at + MOST_CHARACTERS)
        notes.push({ ...this.about(), kind, from: this.shown[kind].length, text: piece })
        this.shown[kind] += piece
      }
    }
    if (notes.length > 0) await this.enqueue(notes, Date.now() - this.snapshotAt > SNAPSHOT_MS)
  }

  private about() {
    return { runId: this.run.id, taskId: this.run.taskId, block: this.block }
  }

  /** One after another: notes must not overtake each other. */
  private enqueue(notes: LiveNote[], snapshot: boolean): Promise<void> {
    const live: LiveText = { number: this.block, ...this.shown }
    if (snapshot) this.snapshotAt = Date.now()
    this.sending = this.sending
      .then(async () => {
        const list = JSON.stringify(notes.map((note) => JSON.stringify(note)))
        await this.ctx.db.execute(
          sql`select pg_notify(${LIVE_CHANNEL}, n) from json_array_elements_text(${list}::text::json) n`,
        )
        if (snapshot) await this.ctx.db.update(runs).set({ live }).where(eq(runs.id, this.run.id))
      })
      // The conversation itself comes by import; a database that is away costs only the view of the moment.
      .catch(() => undefined)
    return this.sending
  }
}
