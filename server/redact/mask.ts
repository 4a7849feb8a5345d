// Puts a word in the place of what must not be shown, everywhere it stands, also where JSON has escaped it.
import type { Finding } from './scan'

export type Masked = Pick<Finding, 'group' | 'kind' | 'value' | 'context'>

/** What stands in the place of something that was masked. */
export function wordFor({ group, kind, value }: Masked): string {
  if (group === 'home') return value.startsWith('-') ? '-home' : '~'
  return `[${kind}]`
}

/** A function that masks every one of them in a text. */
export function createMask(masked: readonly Masked[]): (text: string) => string {
  const words = new Map<string, Word>()
  for (const one of masked) {
    const word = wordFor(one)
    const [from, to] =
      one.context === null ? [one.value, word] : [one.context, one.context.replace(one.value, () => word)]
    const isName = one.group === 'home'
    words.set(from, { from, to, isName })
    // Inside a string of JSON quotes, backslashes and line ends are written otherwise.
    const escaped = JSON.stringify(from).slice(1, -1)
    if (escaped !== from) words.set(escaped, { from: escaped, to: JSON.stringify(to).slice(1, -1), isName })
  }
  if (words.size === 0) return (text) => text
  const byLetter = groupByLetter([...words.values()])
  const beginnings = anyBeginning(byLetter)
  return (text) => {
    let done = ''
    let from = 0
    beginnings.lastIndex = 0
    for (let hit = beginnings.exec(text); hit !== null; hit = beginnings.exec(text)) {
      const found = byLetter.get(text.charAt(hit.index))?.find((word) => standsAt(word, text, hit.index))
      // Another may begin at the next letter already.
      beginnings.lastIndex = hit.index + (found?.from.length ?? 1)
      if (!found) continue
      done += text.slice(from, hit.index) + found.to
      from = beginnings.lastIndex
    }
    return from === 0 ? text : done + text.slice(from)
  }
}

/** `isName`: what goes on with a letter or a digit is another one, as `/home/adam` is for `/home/ada`. */
type Word = { from: string; to: string; isName: boolean }

function standsAt({ from, isName }: Word, text: string, at: number): boolean {
  return text.startsWith(from, at) && !(isName && /\w/.test(text.charAt(at + from.length)))
}

/** The longest first: one that holds another must not be left half masked. */
function groupByLetter(words: readonly Word[]): Map<string, Word[]> {
  const groups = new Map<string, Word[]>()
  for (const word of words.toSorted((a, b) => b.from.length - a.from.length)) {
    const letter = word.from.charAt(0)
    const group = groups.get(letter)
    if (group) group.push(word)
    else groups.set(letter, [word])
  }
  return groups
}

/** Enough that few other words begin so. */
const BEGINNING = 6

/**
 * Finds where one may stand, by the first letter and some more. The engine runs a pattern of more than 20,000 characters
 * fifteen times slower, which three hundred whole secrets are already.
 */
function anyBeginning(byLetter: Map<string, Word[]>): RegExp {
  const parts = [...byLetter].map(([letter, words]) => {
    const rests = new Set(words.map(({ from }) => escapeText(from.slice(1, BEGINNING))))
    return `${escapeText(letter)}(?:${[...rests].join('|')})`
  })
  return new RegExp(parts.join('|'), 'g')
}

const escapeText = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
