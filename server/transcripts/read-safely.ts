// Hands records to a reader and a counter so that one on which they fail costs itself, not its session.
import type { RawRecord, SourceReport, ThreadKey, TranscriptReader } from './types'

/** Reads a record; one that the reader fails on (nested too deeply, say) becomes a row that shows its bytes. */
export function readSafely(reader: TranscriptReader, record: RawRecord, thread: ThreadKey): void {
  try {
    reader.read(record, thread)
  } catch {
    reader.read(unreadable(record), thread)
  }
}

/** Counts a record; one that the counter fails on counts as bad. */
export function countSafely(
  counter: { count(record: RawRecord): void; report(): SourceReport },
  record: RawRecord,
): void {
  try {
    counter.count(record)
  } catch {
    counter.count(unreadable(record))
  }
}

const unreadable = (record: RawRecord): RawRecord => ({ ...record, value: null, problem: 'unreadable' })
