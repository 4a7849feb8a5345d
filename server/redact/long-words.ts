// Finds long words, which are rare: only every so manieth letter of other text is looked at.

/** A table of the letters that a word is made of. */
export function lettersOf(letters: string): Uint8Array {
  const table = new Uint8Array(128)
  for (const letter of letters) table[letter.charCodeAt(0)] = 1
  return table
}

export const WORD_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/** Calls back for each run of at least `least` of the letters. */
export function findLongWords(
  text: string,
  letters: Uint8Array,
  least: number,
  found: (start: number, end: number) => void,
): void {
  const isLetter = (at: number) => letters[text.charCodeAt(at)] === 1
  let free = 0
  for (let probe = least - 1; probe < text.length; ) {
    if (!isLetter(probe)) {
      free = probe + 1
      probe += least
      continue
    }
    let start = probe
    while (start > free && isLetter(start - 1)) start--
    let end = probe + 1
    while (end < text.length && isLetter(end)) end++
    if (end - start >= least) found(start, end)
    free = end + 1
    probe = end + least
  }
}
