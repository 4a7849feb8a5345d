// Keys and tokens that are known by how they begin, and the few that are known by their middle or their end.
import { isAlphanumeric, type Rule } from './rule'
import { TOKENS } from './token-table'

const escapeText = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')

function byBeginning(kind: string, beginning: string, rest: string): Rule {
  const pattern = new RegExp(`${escapeText(beginning)}(?:${rest})`, 'y')
  const joinsLetters = isAlphanumeric(beginning.charCodeAt(0))
  return {
    words: [beginning],
    at: (text, start, _end, found) => {
      if (joinsLetters && isAlphanumeric(text.charCodeAt(start - 1))) return
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (match && !isExample(match[0])) {
        found({ start, end: start + match[0].length, group: 'secret', kind, exact: true })
      }
    },
  }
}

/** Begins before the word by which it is found: `before` is a class of letters, of which `most` can stand there. */
function around(kind: string, word: string, before: RegExp, most: number, whole: RegExp): Rule {
  return {
    words: [word],
    at: (text, at, _end, found) => {
      let start = at
      while (start > 0 && at - start < most && before.test(text.charAt(start - 1))) start--
      whole.lastIndex = start
      const match = whole.exec(text)
      if (match) found({ start, end: start + match[0].length, group: 'secret', kind, exact: true })
    },
  }
}

/** Three parts of which the middle one has six letters; a full stop alone stands everywhere. */
function discordToken(): Rule {
  const rule = around('Discord token', '.', /[\w-]/, 28, /[MNO][\w-]{22,27}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/y)
  return {
    words: rule.words,
    at: (text, start, end, found) => {
      if (text.charCodeAt(start + 7) === 46) rule.at(text, start, end, found)
    },
  }
}

/** What documents put in the place of a key. */
function isExample(token: string): boolean {
  return (
    /EXAMPLE|xxxxxx|XXXXXX|\.\.\.|your[-_]|_here$|<|placeholder/i.test(token) ||
    !/[0-9A-Z]/.test(token.slice(4)) ||
    new Set(token.slice(-12)).size < 3
  )
}

const BY_MIDDLE = new Map<string, (kind: string) => Rule>([
  ['.atlasv1.', (kind) => around(kind, '.atlasv1.', /[A-Za-z0-9]/, 14, /[A-Za-z0-9]{8,14}\.atlasv1\.[\w=-]{40,90}/y)],
  [':AA', (kind) => around(kind, ':AA', /\d/, 12, /\d{8,12}:AA[\w-]{30,40}/y)],
  ['-us', (kind) => around(kind, '-us', /[0-9a-f]/, 32, /[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/y)],
  ['_mmk', (kind) => around(kind, '_mmk', /\w/, 36, /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/y)],
  [
    '.webhook.office.com/webhookb2/',
    (kind) =>
      around(
        kind,
        '.webhook.office.com/webhookb2/',
        /[\w:/-]/,
        60,
        /[\w:/-]{1,60}\.webhook\.office\.com\/webhookb2\/[\w@-]{60,90}\/IncomingWebhook\/[\w/-]{20,180}/y,
      ),
  ],
])

export const TOKEN_RULES: readonly Rule[] = [
  ...TOKENS.flatMap(([kind, beginnings, rest]) =>
    // A beginning may end in a space, which is then written at its end.
    (beginnings.endsWith(' ') ? [beginnings] : beginnings.split(' ')).map(
      (beginning) => BY_MIDDLE.get(beginning)?.(kind) ?? byBeginning(kind, beginning, rest),
    ),
  ),
  around('Azure client secret', 'Q~', /[\w~.-]/, 4, /[\w~.-]{3}\dQ~[\w~.-]{31,34}/y),
  discordToken(),
]
