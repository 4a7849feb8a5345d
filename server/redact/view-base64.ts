// Words in base64 that decode to plain text, decoded. What decodes to other bytes (images, hashes) is left alone.
import { findLongWords, lettersOf, WORD_LETTERS } from './long-words'
import { endIn, startIn, type View } from './view'

const LETTERS = lettersOf(`${WORD_LETTERS}+/`)
const LEAST = 16
const MOST_CHARACTERS = 400_000
/** Letters of which the first bytes are looked at before all are decoded. */
const PROBE = 12

const VALUES = new Int8Array(128).fill(-1)
const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let value = 0; value < SIGNS.length; value++) VALUES[SIGNS.charCodeAt(value)] = value
VALUES['-'.charCodeAt(0)] = 62
VALUES['_'.charCodeAt(0)] = 63

/** One view for each word that holds text. */
export function base64Views(view: View): View[] {
  const views: View[] = []
  findLongWords(view.text, LETTERS, LEAST, (start, end) => {
    if (end - start > MOST_CHARACTERS || decode(view.text, start, start + PROBE) === null) return
    const text = decode(view.text, start, end)
    if (text === null) return
    while (end < view.text.length && view.text.charAt(end) === '=') end++
    const from = new Int32Array(text.length)
    const to = new Int32Array(text.length)
    for (let at = 0; at < text.length; at++) {
      const letter = start + Math.floor((at * 4) / 3)
      from[at] = startIn(view, letter)
      // The last one with what fills up its group.
      to[at] = endIn(view, at === text.length - 1 ? end : Math.min(end, letter + 2))
    }
    views.push({ text, from, to, offset: 0 })
  })
  return views
}

/** The letters as text; null when a byte of it is no printable sign of ASCII. */
function decode(word: string, start: number, end: number): string | null {
  let text = ''
  let bits = 0
  let held = 0
  for (let at = start; at < end; at++) {
    const value = VALUES[word.charCodeAt(at)] ?? -1
    if (value < 0) break
    bits = (bits << 6) | value
    held += 6
    if (held < 8) continue
    held -= 8
    const code = (bits >> held) & 255
    bits &= (1 << held) - 1
    if ((code < 32 || code > 126) && code !== 10 && code !== 13 && code !== 9) return null
    text += String.fromCharCode(code)
  }
  return text
}
