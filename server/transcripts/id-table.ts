// Remembers millions of ids in a few megabytes: ids are kept as 64-bit hashes in typed arrays, never as strings.

/** A growing array of unsigned 32-bit numbers. */
export class NumberColumn {
  private values = new Uint32Array(256)

  get(index: number): number {
    return this.values[index] ?? 0
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const grown = new Uint32Array(Math.max(index + 1, this.values.length * 2))
      grown.set(this.values)
      this.values = grown
    }
    this.values[index] = value
  }
}

let high = 0
let low = 0

/** Leaves the hash of an id in `high` and `low`; two variables instead of an object, for this runs for every record. */
function hash(id: string): void {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  high = a >>> 0
  low = b >>> 0
}

/** 64 bits of a text as 16 hex digits; tells texts apart, protects nothing. */
export function hashText(text: string): string {
  hash(text)
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')
}

/** A set of ids that numbers them 0, 1, 2 … in order of arrival; columns beside it hold what is known of each. */
export class IdTable {
  private readonly highs = new NumberColumn()
  private readonly lows = new NumberColumn()
  private slots = new Uint32Array(1024)
  private count = 0

  get size(): number {
    return this.count
  }

  /** The number of an id, or -1. */
  find(id: string): number {
    hash(id)
    return (this.slots[this.slot()] as number) - 1
  }

  /** The number of an id, given now if it has none. */
  add(id: string): number {
    if (this.count * 2 >= this.slots.length) this.grow()
    hash(id)
    const slot = this.slot()
    const known = this.slots[slot] as number
    if (known > 0) return known - 1
    const index = this.count++
    this.highs.set(index, high)
    this.lows.set(index, low)
    this.slots[slot] = index + 1
    return index
  }

  /** Where the hashed id is, or the free slot where it belongs. */
  private slot(): number {
    const mask = this.slots.length - 1
    let slot = low & mask
    while (true) {
      const entry = this.slots[slot] as number
      if (entry === 0 || (this.lows.get(entry - 1) === low && this.highs.get(entry - 1) === high)) return slot
      slot = (slot + 1) & mask
    }
  }

  private grow(): void {
    this.slots = new Uint32Array(this.slots.length * 2)
    const mask = this.slots.length - 1
    for (let index = 0; index < this.count; index++) {
      let slot = this.lows.get(index) & mask
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask
      this.slots[slot] = index + 1
    }
  }
}
