// Where each numbered record of a source ended: a rollout may go on from any record of another one, which it names by
// that number and by the bytes before it.

import { NumberColumn } from './id-table'
import type { ThreadMeta } from './codex-source'
import type { Place, Tree } from './tree'

type Track = { first: number; count: number; segments: NumberColumn; seqs: NumberColumn; ends: NumberColumn }

export class CodexLineage {
  /** By source, in the order in which they were read. */
  private readonly tracks = new Map<number, Track>()

  constructor(private readonly tree: Tree) {}

  /** Notes that the record with this number was read: `place` follows its rows, `end` follows its bytes. */
  note(source: number, ordinal: number, place: Place, end: number): void {
    let track = this.tracks.get(source)
    if (track === undefined) {
      const column = () => new NumberColumn()
      track = { first: ordinal, count: 0, segments: column(), seqs: column(), ends: column() }
      this.tracks.set(source, track)
    }
    const index = ordinal - track.first
    if (index < 0 || index > track.count) return
    track.count = Math.max(track.count, index + 1)
    track.segments.set(index, place.segment.id)
    track.seqs.set(index, place.seq)
    track.ends.set(index, end % 2 ** 32)
  }

  /** The place after the last record that a base takes; null when no source that was read holds it. */
  find({ ordinal, bytes }: NonNullable<ThreadMeta['base']>, from: number): Place | null {
    let found: Place | null = null
    for (const [source, track] of this.tracks) {
      const index = ordinal - 1 - track.first
      if (source === from || index < 0 || index >= track.count) continue
      const place = { segment: this.tree.segment(track.segments.get(index)), seq: track.seqs.get(index) }
      if (bytes !== null && track.ends.get(index) === bytes % 2 ** 32) return place
      found = place
    }
    return found
  }
}
