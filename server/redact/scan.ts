// Finds what must not be shown to others: in each text, and in each of the spellings that it can be read in.
import { commandRules, SENTENCE_RULES } from './command-secrets'
import { BLOCK_RULES } from './key-blocks'
import { namedSecretRule } from './named-secrets'
import { findNumbers } from './personal-numbers'
import { PLACE_RULES } from './personal-places'
import { findRandomWords } from './random-words'
import type { Hit, Rule } from './rule'
import { TOKEN_RULES } from './token-rules'
import { Triggers } from './triggers'
import { endIn, startIn, type View } from './view'
import { isMixed } from './view-lines'

/** A place of the text itself. `value`: the characters as they read. */
export type Place = Omit<Hit, 'start' | 'end'> & { start: number; end: number; value: string }

const RULES: readonly Rule[] = [
  ...TOKEN_RULES,
  ...BLOCK_RULES,
  ...SENTENCE_RULES,
  ...commandRules(),
  namedSecretRule(),
  ...PLACE_RULES,
]
const WORDS = RULES.flatMap((rule) => rule.words.map((word) => ({ rule, length: word.length, word })))
const triggers = new Triggers(WORDS.map(({ word }) => word))

/** Every place in the views of one text, in no order; the same place may be told more than once. */
export function scanViews(views: readonly View[]): Place[] {
  const places: Place[] = []
  const starts = new Set<number>()
  for (const view of views) {
    const found = (hit: Hit) => {
      if (hit.end <= hit.start) return
      const start = startIn(view, hit.start)
      if (view.joints ? !holdsTogether(view, hit, starts.has(start)) : false) return
      if (!view.joints) starts.add(start)
      const { group, kind, here, exact } = hit
      const value = view.text.slice(hit.start, hit.end).trimEnd()
      if (value !== '') places.push({ start, end: endIn(view, hit.end), value, group, kind, here, exact })
    }
    scan(view.text, found)
  }
  return places
}

function scan(text: string, found: (hit: Hit) => void): void {
  triggers.find(text, (word, end) => {
    const { rule, length } = WORDS[word] as (typeof WORDS)[number]
    rule.at(text, end - length, end, found)
  })
  findNumbers(text, found)
  findRandomWords(text, found)
}

/**
 * Whether what was found over lines that were joined goes on there. `isKnown`: it was found in its first line already, which
 * then need not go on.
 */
function holdsTogether(view: View, hit: Hit, isKnown: boolean): boolean {
  const joints = (view.joints ?? []).filter((joint) => joint > hit.start && joint < hit.end)
  if (joints.length === 0) return true
  if (hit.exact && !isKnown) return true
  // Of a list of such words each is found by itself.
  if (hit.kind === 'random characters' && isKnown) return false
  return joints.every((joint, index) => isMixed(view.text.slice(joint, joints[index + 1] ?? hit.end)))
}
