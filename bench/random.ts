// Numbers and words that are the same in every run.

export type Random = {
  /** A whole number from 0 up to, not including, `limit`. */
  below: (limit: number) => number
  /** A number from 0 up to, not including, 1. */
  unit: () => number
}

/** The same seed gives the same numbers (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return { unit, below: (limit) => Math.floor(unit() * limit) }
}

const WORDS =
  'add cart price total order test fail read line file change build error module import type value return check path user page list item branch commit merge rewind token limit query index column schema when then because before after should never always'.split(
    ' ',
  )

/** So many words with a space between. */
export function words(random: Random, count: number): string {
  return Array.from({ length: count }, () => WORDS[random.below(WORDS.length)]).join(' ')
}
