// What an import did with each path, and the sums.
import { sql } from 'drizzle-orm'
import { importSources } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import type { SourceResult } from './session-group'

/** Numbers the sources in the order in which they were read. */
export class ImportReport {
  readonly totals = {
    sources: 0,
    skipped: 0,
    bytes: 0,
    records: 0,
    messages: 0,
    toolCalls: 0,
    unknown: 0,
    healed: 0,
    bad: 0,
  }
  readonly notes: string[] = []
  checkpoints = 0
  changed = false
  private number = 0

  constructor(
    private readonly ctx: Context,
    private readonly importId: string,
  ) {}

  async add(results: SourceResult[]): Promise<void> {
    for (const { outcome, report, bytes } of results) {
      this.totals.sources += 1
      this.totals.bytes += bytes
      for (const key of ['records', 'messages', 'toolCalls', 'unknown', 'healed', 'bad'] as const)
        this.totals[key] += report[key]
      if (outcome !== 'unchanged') this.changed = true
    }
    const rows = results.map(({ path, sourceId, outcome }) => ({
      importId: this.importId,
      number: this.number++,
      path,
      sourceId,
      outcome,
    }))
    if (rows.length === 0) return
    await withTransaction(this.ctx, async (inside) => {
      // As for the session itself: an import that was cut off is repeated as a whole, so nothing need wait for the disk.
      await inside.db.execute(sql`set local synchronous_commit = off`)
      await inside.db.insert(importSources).values(rows)
    })
  }

  async skip(path: string, skipped: string): Promise<void> {
    this.totals.skipped += 1
    await this.ctx.db.insert(importSources).values({ importId: this.importId, number: this.number++, path, skipped })
  }

  note(sentence: string): void {
    this.notes.push(sentence)
  }
}
