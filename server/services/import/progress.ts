// The progress of an import as people see it: written to its row at most twice a second, so that watching costs the import nothing.
import { eq, sql } from 'drizzle-orm'
import { imports } from '@/db/schema'
import type { Context } from '@/server/context'
import type { ImportProgress } from '@/server/services/views'

const WRITE_EVERY_MS = 500

/** Processes that listen here look for the progress of imports. */
export const IMPORTS_CHANNEL = 'makima_imports'

export class ProgressReporter {
  readonly state: ImportProgress = {
    phase: 'looking',
    sourcesTotal: 0,
    sourcesDone: 0,
    bytesTotal: 0,
    bytesDone: 0,
    records: 0,
    messages: 0,
    bytesPerSecond: 0,
    current: null,
  }
  private readonly startedAt: number
  private writtenAt = 0
  private writing: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly ctx: Context,
    private readonly importId: string,
  ) {
    this.startedAt = ctx.now().getTime()
  }

  /** Notes a change; writes it if the last write is old enough. Never waits and never fails the import. */
  change(change: Partial<ImportProgress>): void {
    Object.assign(this.state, change)
    const now = this.ctx.now().getTime()
    if (now - this.writtenAt < WRITE_EVERY_MS) return
    this.writtenAt = now
    this.writing = this.write().catch(() => undefined)
  }

  /** Writes the state as it is now, after any write under way. */
  async settle(change: Partial<ImportProgress>): Promise<void> {
    Object.assign(this.state, change)
    await this.writing
    await this.write()
  }

  private async write(): Promise<void> {
    const seconds = Math.max(0.001, (this.ctx.now().getTime() - this.startedAt) / 1000)
    this.state.bytesPerSecond = Math.round(this.state.bytesDone / seconds)
    await this.ctx.db.update(imports).set({ progress: this.state }).where(eq(imports.id, this.importId))
    await this.ctx.db.execute(sql`select pg_notify(${IMPORTS_CHANNEL}, ${this.importId})`)
  }
}
