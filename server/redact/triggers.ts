// Finds many words in a text in one pass, whatever their number (Aho and Corasick 1975), without regard to capital letters.

export class Triggers {
  readonly #classes = new Uint8Array(128)
  readonly #next: Int32Array
  readonly #width: number
  /** For each state the words that end there. */
  readonly #ends: (readonly number[] | undefined)[]

  /** `words`: of plain letters (ASCII), not empty. */
  constructor(words: readonly string[]) {
    const lower = words.map((word) => word.toLowerCase())
    let width = 1
    for (const letter of new Set(lower.join(''))) this.#classes[letter.charCodeAt(0)] = width++
    for (let code = 65; code <= 90; code++) this.#classes[code] = this.#classes[code + 32] as number
    this.#width = width
    const rows: Int32Array[] = [new Int32Array(width)]
    const ends: number[][] = [[]]
    for (const [index, word] of lower.entries()) {
      let state = 0
      for (let at = 0; at < word.length; at++) {
        const letter = this.#classes[word.charCodeAt(at)] as number
        const row = rows[state] as Int32Array
        if (row[letter] === 0) {
          row[letter] = rows.length
          rows.push(new Int32Array(width))
          ends.push([])
        }
        state = row[letter] as number
      }
      ends[state]?.push(index)
    }
    this.#next = new Int32Array(rows.length * width)
    this.#ends = complete(rows, ends, this.#next, width)
  }

  /** Calls back for every place of every word: which one, and where it begins and ends. */
  find(text: string, found: (word: number, end: number) => void): void {
    const [classes, next, ends, width] = [this.#classes, this.#next, this.#ends, this.#width]
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      state = next[state * width + (code < 128 ? (classes[code] as number) : 0)] as number
      const words = ends[state]
      if (words) for (const word of words) found(word, at + 1)
    }
  }
}

/** Fills in where each state goes on when its word does not, breadth first. */
function complete(rows: Int32Array[], ends: number[][], next: Int32Array, width: number) {
  const fails = new Int32Array(rows.length)
  const queue = [0]
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] as number
    const fail = fails[state] as number
    for (let letter = 0; letter < width; letter++) {
      const child = rows[state]?.[letter] as number
      const otherwise = state === 0 ? 0 : (next[fail * width + letter] as number)
      next[state * width + letter] = child === 0 ? otherwise : child
      if (child === 0) continue
      fails[child] = otherwise
      ends[child]?.push(...(ends[otherwise] ?? []))
      queue.push(child)
    }
  }
  return ends.map((words) => (words.length > 0 ? words : undefined))
}
