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
  const words = new Map<string, string>()
  for (const one of masked) {
    const word = wordFor(one)
    const [from, to] =
      one.context === null ? [one.value, word] : [one.context, one.context.replace(one.value, () => word)]
    words.set(from, to)
    // Inside a string of JSON quotes, backslashes and line ends are written otherwise.
    const escaped = JSON.stringify(from).slice(1, -1)
    if (escaped !== from) words.set(escaped, JSON.stringify(to).slice(1, -1))
  }
  if (words.size === 0) return (text) => text
  const homes = new Set(masked.filter(({ group }) => group === 'home').map(({ value }) => value))
  // The longest first: one that holds another must not be left half masked. `/home/ada` is no part of `/home/adam`.
  const all = [...words.keys()]
    .sort((a, b) => b.length - a.length)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') + (homes.has(text) ? '(?![A-Za-z0-9_])' : ''))
  const pattern = new RegExp(all.join('|'), 'g')
  return (text) => text.replace(pattern, (value) => words.get(value) ?? value)
}
