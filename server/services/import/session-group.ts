// What the parts of a session's import tell each other.
import type { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { SourceReport, TranscriptFormat } from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import type { Sniffed } from './sniff'

export type SessionSource = { candidate: Candidate; sniffed: Sniffed }
export type SessionGroup = { format: TranscriptFormat; sessionId: string; sources: SessionSource[] }
export type Outcome = 'new' | 'grown' | 'unchanged' | 'rewritten'
export type SourceResult = { path: string; sourceId: string; outcome: Outcome; report: SourceReport; bytes: number }

export type SourceRow = typeof transcriptSources.$inferSelect
/** A source with something new in it. */
export type SourceTask = {
  source: SessionSource
  sourceId: string
  outcome: Exclude<Outcome, 'unchanged'>
  row: SourceRow | null
  continued: boolean
}
export type Counter = ReturnType<TranscriptFormat['createCounter']>

export type Progress = {
  read(bytes: number, records: number): void
  placed(rows: number): void
  /** Called in the session's transaction, as its last part. */
  done(inside: Context, results: SourceResult[]): Promise<void>
  signal: AbortSignal
}
