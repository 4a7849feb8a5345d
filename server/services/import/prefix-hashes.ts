import { createHash } from 'node:crypto'

/** SHA-256 of a stream and of some of its beginnings, in one pass. */
export class PrefixHashes {
  private readonly hash = createHash('sha256')
  private readonly found = new Map<number, string>()
  private readonly lengths: number[]
  private at = 0

  constructor(lengths: number[]) {
    this.lengths = [...new Set(lengths)].sort((a, b) => a - b)
  }

  update(piece: Buffer): void {
    let start = 0
    while (this.lengths[0] !== undefined && this.lengths[0] <= this.at + piece.length) {
      const length = this.lengths.shift() as number
      const end = Math.max(start, length - this.at)
      this.hash.update(piece.subarray(start, end))
      start = end
      this.found.set(length, this.hash.copy().digest('hex'))
    }
    this.hash.update(piece.subarray(start))
    this.at += piece.length
  }

  end(): { contentHash: Buffer; found: Map<number, string> } {
    return { contentHash: this.hash.digest(), found: this.found }
  }
}
