// Brings what an agent records into the conversation while it works: soon after each hint, one reading at a time.
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { importTranscript } from '@/server/services/import/import-transcript'

/** Records that come together are read together. */
const GATHER_MS = 80
/** Reading a long session takes a moment each time: at most a quarter of the time goes into it. */
const REST_FACTOR = 3

export class TranscriptFollower {
  private timer: NodeJS.Timeout | null = null
  private reading: Promise<void> | null = null
  private again = false
  private restUntil = 0

  constructor(
    private readonly ctx: Context,
    private readonly findPath: () => Promise<string | null>,
    private readonly signal: AbortSignal,
    /** Called when a reading begins; what it answers is called when what there was lies in the conversation. */
    private readonly onReading: () => (isNew: boolean) => Promise<void>,
  ) {}

  /** Something may have been recorded. */
  poke(): void {
    if (this.reading) {
      this.again = true
      return
    }
    const wait = Math.max(GATHER_MS, this.restUntil - Date.now())
    this.timer ??= setTimeout(() => {
      this.timer = null
      void this.read()
    }, wait)
  }

  /** Reads what there is now and waits for it. */
  async finish(): Promise<void> {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    while (this.reading) await this.reading
    this.again = false
    await this.read()
  }

  private read(): Promise<void> {
    const started = Date.now()
    this.reading = this.readOnce()
      .catch((error: unknown) => {
        // Nothing is lost: the file is there, and the next reading or the next import takes it.
        logger.warn({ err: error }, 'what an agent recorded could not be read yet')
      })
      .finally(() => {
        this.reading = null
        this.restUntil = Date.now() + (Date.now() - started) * REST_FACTOR
        if (!this.again) return
        this.again = false
        this.poke()
      })
    return this.reading
  }

  private async readOnce(): Promise<void> {
    const path = await this.findPath()
    if (path === null) return
    const done = this.onReading()
    await done(await importTranscript(this.ctx, path, this.signal))
  }
}
