// What a rule is: words by which a place is found, and what it says of that place.

/** What can be masked. All but secrets can be left as they are, a group at a time. */
export const FINDING_GROUPS = [
  'secret',
  'email',
  'home',
  'account',
  'host',
  'phone',
  'address',
  'bank',
  'card',
] as const
export type FindingGroup = (typeof FINDING_GROUPS)[number]

/** A range of the text that is looked at. */
export type Hit = {
  start: number
  end: number
  group: FindingGroup
  kind: string
  /** True: so short or plain that it may stand for other things elsewhere; it is masked at this place only. */
  here?: boolean | undefined
  /** True: whatever else was said of this range, it is this kind. */
  exact?: boolean | undefined
}

export type Rule = {
  /** Plain letters, without regard to capitals. */
  words: readonly string[]
  /** Looks at the place where one of the words stands. Must not look further than some thousand characters. */
  at: (text: string, start: number, end: number, found: (hit: Hit) => void) => void
}

/** Where the line begins in which `at` lies, or `most` characters before it: a line can be as long as the text. */
export const lineStartBefore = (text: string, at: number, most: number): number => {
  const from = Math.max(0, at - most)
  const lineEnd = text.slice(from, at).lastIndexOf('\n')
  return from + lineEnd + 1
}

export const isAlphanumeric = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
