// Words that only a machine makes up: small and capital letters and digits in no order. They are keys of services that no table
// knows; names of programs, hashes of files and numbers of messages are made otherwise.
import { findLongWords, lettersOf, WORD_LETTERS } from './long-words'
import type { Hit } from './rule'
import { isWordy } from './secret-values'

const LETTERS = lettersOf(WORD_LETTERS)
const [LEAST, MOST] = [24, 200]
/** Numbers of messages and calls in conversations, and what stands after the name of a hash. */
const NUMBERED =
  /^(?:sha\d{1,3}|toolu|msg|call|req|resp|chatcmpl|fc|rs|run|thread|asst|item|ws|file|gen|evt|cs|pi|ch|cus|sub|price|prod|in|seti|src|tok|acct|plan|srvtoolu|session|conv|ses|prt)[_-]/i

export function findRandomWords(text: string, found: (hit: Hit) => void): void {
  findLongWords(text, LETTERS, LEAST, (start, end) => {
    if (end - start > MOST) return
    const word = text.slice(start, end)
    if (!isRandom(word) || isWordy(word) || NUMBERED.test(word) || runLength(text, start, end) > MOST_RUN) return
    const [before, after] = [text.slice(Math.max(0, start - 12), start), text.charAt(end)]
    // A piece of something longer: of base64, of an address of data, of a hash that says so.
    if (/(?:[\w+/]\+|\/|sha\d{1,3}[-=:]|base64,|[#?]v=)$/i.test(before) || '+/'.includes(after || ' ')) return
    found({ start, end, group: 'secret', kind: 'random characters' })
  })
}

/** Beyond this it is data: an image, a map of a program. */
const MOST_RUN = 260

function runLength(text: string, start: number, end: number): number {
  let [from, to] = [start, end]
  while (from > 0 && start - from <= MOST_RUN && DATA[text.charCodeAt(from - 1)] === 1) from--
  while (to < text.length && to - end <= MOST_RUN && DATA[text.charCodeAt(to)] === 1) to++
  return to - from
}

const DATA = lettersOf(`${WORD_LETTERS}+/=%`)

/** The longest part between dashes counts: names of programs are made of short ones. */
function isRandom(name: string): boolean {
  const word = name.split(/[_-]/).reduce((longest, part) => (part.length > longest.length ? part : longest), '')
  if (word.length < 18) return false
  let [digits, small, capitals, changes, last] = [0, 0, 0, 0, -1]
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at)
    const kind = code < 58 && code > 47 ? 0 : code > 96 ? 2 : 1
    if (kind === 0) digits++
    else if (kind === 2) small++
    else capitals++
    if (kind !== last && last >= 0) changes++
    last = kind
  }
  return digits >= 2 && small >= 4 && capitals >= 4 && changes >= word.length * 0.42
}
