// What an import did with each path, and the sums.
import { importSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { FORGOTTEN } from '@/server/services/forget/met-again'
import { insertRows } from './insert-rows'
import type { SourceResult } from './session-group'

/** Numbers the sources in the order in which they were read; a number may be left out where a session was tried again. */
export class ImportReport {
  readonly totals = {
    sources: 0,
    skipped: 0,
    forgotten: 0,
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

  /** Writes what became of sources in the transaction that reads them; `count` follows when that is done. */
  async write(inside: Context, results: SourceResult[]): Promise<void> {
    const rows = results.map(({ path, sourceId, outcome }) => ({
      importId: this.importId,
      number: this.number++,
      path,
      sourceId,
      outcome,
    }))
    await insertRows(inside.db, rows, (some) => inside.db.insert(importSources).values(some))
  }

  count(results: SourceResult[]): void {
    for (const { outcome, report, bytes } of results) {
      this.totals.sources += 1
      this.totals.bytes += bytes
      for (const key of ['records', 'messages', 'toolCalls', 'unknown', 'healed', 'bad'] as const)
        this.totals[key] += report[key]
      if (outcome !== 'unchanged') this.changed = true
    }
  }

  async skip(path: string, skipped: string): Promise<void> {
    this.totals.skipped += 1
    await this.ctx.db.insert(importSources).values({ importId: this.importId, number: this.number++, path, skipped })
  }

  /** Counted apart: it is not read because a person wanted that. */
  async passOverForgotten(path: string): Promise<void> {
    this.totals.forgotten += 1
    await this.skip(path, FORGOTTEN)
  }

  note(sentence: string): void {
    this.notes.push(sentence)
  }
}
