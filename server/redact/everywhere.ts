// Finds known words in a text wherever they stand: one pass, whatever their number and whatever they have in common.

/** Of a longer word its beginning is looked for; what stands there then ends where the word's letters do. */
const MOST_LETTERS = 64
/** Letters of which a word's beginning is told at once; each takes five bits of a number of thirty. */
const FIRST = 6

/** `isWord`: only where no letter or digit stands beside it. */
export type Known = { text: string; finding: number; isWord: boolean }

export class Everywhere {
  readonly #known: Known[]
  readonly #keys: string[]
  /** The longest other key that is the beginning of this one, or -1. */
  readonly #shorter: Int32Array
  readonly #first: number
  readonly #mayBegin = new Uint8Array(1 << 16)

  /** `known`: at least three characters each. */
  constructor(known: readonly Known[]) {
    const byKey = new Map<string, Known>()
    for (const one of known) {
      const key = one.text.slice(0, MOST_LETTERS)
      if (!byKey.has(key)) byKey.set(key, one)
    }
    this.#keys = [...byKey.keys()].toSorted((a, b) => (a < b ? -1 : 1))
    this.#known = this.#keys.map((key) => byKey.get(key) as Known)
    this.#first = Math.min(FIRST, ...this.#keys.map((key) => key.length))
    this.#shorter = new Int32Array(this.#keys.length).fill(-1)
    const open: number[] = []
    for (const [index, key] of this.#keys.entries()) {
      while (open.length > 0 && !key.startsWith(this.#keys[open.at(-1) as number] as string)) open.pop()
      this.#shorter[index] = open.at(-1) ?? -1
      open.push(index)
      let hash = 0
      for (let at = 0; at < this.#first; at++) hash = (hash << 5) ^ key.charCodeAt(at)
      this.#mayBegin[slot(hash & this.#window)] = 1
    }
  }

  get #window(): number {
    return 2 ** (5 * this.#first) - 1
  }

  find(text: string, found: (start: number, end: number, finding: number) => void): void {
    if (this.#keys.length === 0) return
    const [window, first, mayBegin] = [this.#window, this.#first, this.#mayBegin]
    let hash = 0
    let free = 0
    for (let at = 0; at < text.length; at++) {
      hash = ((hash << 5) ^ text.charCodeAt(at)) & window
      const start = at - first + 1
      if (start < free || mayBegin[slot(hash)] === 0) continue
      const index = this.#longestAt(text, start)
      if (index < 0) continue
      const { text: word, finding } = this.#known[index] as Known
      free = start + endOf(text, start, word)
      found(start, free, finding)
    }
  }

  /** The longest key that stands at `start`, or -1. */
  #longestAt(text: string, start: number): number {
    const here = text.slice(start, start + MOST_LETTERS)
    let [low, high] = [0, this.#keys.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#keys[middle] as string) <= here) low = middle + 1
      else high = middle
    }
    for (let index = low - 1; index >= 0; index = this.#shorter[index] as number) {
      const key = this.#keys[index] as string
      if (here.startsWith(key) && (!this.#known[index]?.isWord || isApart(text, start, start + key.length)))
        return index
    }
    return -1
  }
}

// Equal in whatever order capitals and small letters come: two numbers in one place only cost a look.
const slot = (hash: number): number => (Math.imul(hash, 0x9e3779b1) >>> 16) & 0xffff

/** How many characters from `start` on are the word's, or go on as those of a key do when it is longer than its beginning. */
function endOf(text: string, start: number, word: string): number {
  if (word.length <= MOST_LETTERS) return word.length
  if (text.startsWith(word, start)) return word.length
  let length = MOST_LETTERS
  while (/[\w+/=.~-]/.test(text.charAt(start + length))) length++
  return length
}

const isApart = (text: string, start: number, end: number): boolean =>
  !/[\p{L}\p{N}_]/u.test(text.charAt(start - 1)) && !/[\p{L}\p{N}_]/u.test(text.charAt(end))
