// Brings what an agent records into the conversation while it works: soon after each hint, one reading at a time.
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { importTranscript } from '@/server/services/import/import-transcript'

/** Records that come together are read together. */
const GATHER_MS = 80
/** Reading a long session takes a moment each time: at most a quarter of the time goes into it. */
const REST_FACTOR = 3
/** An agent may write a moment after it said so, and then say nothing for minutes: it is looked at again, so often. */
const LOOK_AGAIN_MS = 1_000
const LOOKS = 3

export class TranscriptFollower {
  private timer: NodeJS.Timeout | null = null
  private reading: Promise<void> | null = null
  private again = false
  private restUntil = 0
  private looksLeft = 0
  private isFinished = false

  constructor(
    private readonly ctx: Context,
    private readonly findPath: () => Promise<string | null>,
    private readonly signal: AbortSignal,
    /** Called when a reading begins; what it answers is called when what there was lies in the conversation. */
    private readonly onReading: () => (isNew: boolean) => Promise<void>,
  ) {}

  /** Something may have been recorded. */
  poke(): void {
    this.looksLeft = LOOKS
    if (this.reading) {
      this.again = true
      return
    }
    this.schedule(GATHER_MS)
  }

  private schedule(soonestMs: number): void {
    const wait = Math.max(soonestMs, this.restUntil - Date.now())
    this.timer ??= setTimeout(() => {
      this.timer = null
      void this.read()
    }, wait)
  }

  /** Reads what there is now and waits for it. */
  async finish(): Promise<void> {
    this.isFinished = true
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
        if (this.isFinished) return
        if (this.again) {
          this.again = false
          this.schedule(GATHER_MS)
        } else if (this.looksLeft > 0) {
          this.looksLeft--
          this.schedule(LOOK_AGAIN_MS)
        }
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
