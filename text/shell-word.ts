// Words as a shell reads them.
import { holdsSigns } from './signs'

/**
 * One word of a command line of a POSIX shell, quoted where it must be; zsh reads it alike, where a `=` in front would
 * stand for a program. Takes any characters: what may be offered for pasting is asked of `isPasteable`.
 */
export function shellWord(word: string): string {
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/**
 * True if a command of these words does what it says when it is pasted into a terminal. Quotes protect a character from
 * the shell, not from the terminal: a Ctrl-C in a folder's name clears the line, and a line end carries out what stands
 * before it. No quoting of them is read alike by sh, bash and zsh, so they are refused. So is what cannot be seen or
 * turns the line round, as a person reads what they paste.
 */
export function isPasteable(words: readonly string[]): boolean {
  return !words.some(holdsSigns)
}
