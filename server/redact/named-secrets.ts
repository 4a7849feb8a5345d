// Values beside the name of a secret: NAME=value, name: value, --name value, <name>value</name>, ?name=value, a header. How
// sure the name and the place must be depends on how much the value looks like a secret by itself.
import { type Hit, isAlphanumeric, lineStartBefore, type Rule } from './rule'
import { NAME_WORDS, type NameKind, nameKind } from './secret-names'
import { isCode, isIdentifier, isOdd, isPlaceholder, isWordy } from './secret-values'

const MOST_NAME = 64
/** Before the name of a setting stands no more than this. */
const MOST_HEAD = 60
const KIND: Record<NameKind, string> = { password: 'password', token: 'password or key', key: 'password or key' }

/** A sign between name and value, after the quote that may end the name. */
const SIGN = /(\\{0,3}["'`])?\]{0,2}([ \t]{0,40})(:=|=>|={1,3}|:-|::?|>|\|)([ \t]{0,40})(?:\r?\n[ \t]{1,40}(?=["'`]))?/y
/** The value of what was named before: `name: DB_PASSWORD`, then `value: …`. */
const VALUE_AFTER = /["'`]?\s{0,3},?\s{0,80}(?:-\s)?["']?(?:value|content|text|default)["']?\s{0,3}[:=]\s{0,3}/iy
const QUOTED = /\\{0,3}(["'`])((?:(?!\\{0,3}\1)[^\r\n]){1,2000})\\{0,3}\1/y
const BARE = /[^\s"'`]{1,512}/y

export function namedSecretRule(): Rule {
  return { words: NAME_WORDS, at: (text, start, end, found) => look(text, start, end, found) }
}

function look(text: string, start: number, end: number, found: (hit: Hit) => void): void {
  // A longer word of the list that begins or goes on here looks at the same name.
  let from = start
  while (from > 0 && start - from < MOST_NAME && isNamePart(text.charCodeAt(from - 1))) from--
  let to = end
  while (to < text.length && to - end < MOST_NAME && isNamePart(text.charCodeAt(to))) to++
  if (!MAY_FOLLOW.has(text.charAt(to)) || text.charAt(from - 1) === '$') return
  const dashes = /^-{1,2}/.exec(text.slice(from, to))?.[0].length ?? 0
  const name = text.slice(from + dashes, to).replace(/[.-]+$/, '')
  to = from + dashes + name.length
  if (end > to) return
  const kind = nameKind(name)
  if (kind === null) return
  const before = text.charAt(from - 1)
  const named: Named = {
    text,
    name,
    kind,
    from,
    to,
    before,
    isFlag: dashes > 0 && !isAlphanumeric(before.charCodeAt(0)),
  }
  const value = named.isFlag ? flagValue(named) : (assignedValue(named) ?? valueAfter(named) ?? columnValue(named))
  if (value) found({ ...value, group: 'secret', kind: KIND[kind] })
}

/** What can stand right after a name that has a value. */
const MAY_FOLLOW = new Set(['"', "'", '`', '=', ':', '>', '|', ' ', '\t', ']', '\\', '\r', '\n', ','])

type Named = {
  text: string
  name: string
  kind: NameKind
  from: number
  to: number
  before: string
  isFlag: boolean
}

type Range = { start: number; end: number }

/** `--password X`, `--password=X`, `-password "X"`. */
function flagValue({ text, to, kind }: Named): Range | null {
  const sign = text.charAt(to)
  if (sign !== ' ' && sign !== '=') return null
  const quoted = quotedAt(text, to + 1)
  const range = quoted ?? bareAt(text, to + 1)
  if (!range) return null
  const value = text.slice(range.start, range.end)
  if (isPlaceholder(value) || value.startsWith('-') || /^[A-Z_]+$/.test(value)) return null
  if (quoted || sign === '=' || isOdd(value)) return value.length >= 3 && !isCode(value) ? range : null
  // A word of a manual goes on in a sentence, a password does not.
  const ends = /^[^\S\n]*(?:$|\n|\r|-|[|;&>)"'`\\])/.test(text.slice(range.end, range.end + 40))
  return kind === 'password' && value.length >= 5 && !isCode(value) && (ends || /\d/.test(value)) ? range : null
}

function assignedValue(named: Named): Range | null {
  const { text, to, before } = named
  SIGN.lastIndex = to
  const sign = SIGN.exec(text)
  if (!sign) return null
  const [whole, nameQuote, spaceBefore = '', operator = '', spaceAfter = ''] = sign
  if (operator === '>' && before !== '<') return null
  const at = to + whole.length
  const quoted = quotedAt(text, at)
  if (quoted)
    return isQuotedSecret(named, text.slice(quoted.start, quoted.end), nameQuote !== undefined) ? quoted : null
  if (operator === '|' && (spaceBefore === '' || spaceAfter === '')) return null
  if (operator === '==' || operator === '===' || operator === '=>') return null
  const range = bareAt(text, at)
  if (!range) return null
  const shape: Shape = {
    named,
    operator,
    isTight: spaceBefore === '' && spaceAfter === '',
    isField: nameQuote !== undefined,
  }
  GROUPED.lastIndex = at
  if (named.kind === 'password' && GROUPED.test(text)) return { start: at, end: GROUPED.lastIndex }
  const end = cutEnd(text, range, shape)
  const value = text.slice(range.start, end)
  return isBareSecret(shape, value, end) ? { start: range.start, end } : null
}

function valueAfter({ text, to }: Named): Range | null {
  VALUE_AFTER.lastIndex = to
  const match = VALUE_AFTER.exec(text)
  if (!match) return null
  const at = to + match[0].length
  const range = quotedAt(text, at) ?? bareAt(text, at)
  const value = range ? text.slice(range.start, range.end) : ''
  return range && value.length >= 4 && !isPlaceholder(value) && !isCode(value) ? range : null
}

/** `ENV NAME value`, a directive with its value, a table of names and values: only where the value looks made by a machine. */
function columnValue({ text, name, to, kind }: Named): Range | null {
  const space = /^[ \t]{1,60}/.exec(text.slice(to, to + 61))
  if (!space || !(/^[A-Z][A-Z0-9_]*$/.test(name) || DIRECTIVE.test(name))) return null
  const range = quotedAt(text, to + space[0].length) ?? bareAt(text, to + space[0].length)
  const value = range ? text.slice(range.start, range.end) : ''
  return range && kind !== 'key' && isOdd(value) && !isCode(value) && !isPlaceholder(value) ? range : null
}

/** Settings of servers that have their value after a space. */
const DIRECTIVE = /^(?:requirepass|masterauth|masterpass|bindpw|rootpw|psk|password)$/

/** Four groups of four letters, as mail services give them to programs. */
const GROUPED = /[a-z]{4}(?: [a-z]{4}){3}(?![a-z])/y

function quotedAt(text: string, at: number): Range | null {
  QUOTED.lastIndex = at
  const match = QUOTED.exec(text)
  if (!match) return null
  const start = at + match[0].indexOf(match[1] as string) + 1
  return { start, end: start + (match[2] as string).length }
}

function bareAt(text: string, at: number): Range | null {
  BARE.lastIndex = at
  const match = BARE.exec(text)
  return match ? { start: at, end: at + match[0].length } : null
}

type Shape = { named: Named; operator: string; isTight: boolean; isField: boolean }

/** Where the value ends: at what goes on after it in an address, a connection string, XML, a list. */
function cutEnd(text: string, { start, end }: Range, { named, operator }: Shape): number {
  const value = text.slice(start, end)
  const isQuery = '?&#'.includes(named.before) && named.before !== ''
  const stop =
    operator === '>' ? /</ : isQuery ? /[&#<>\\)\]]/ : operator === '=' ? /[;&<>]|,\w+=|\\[nrt"]/ : /[<>]|\\[nrt"]|,$/
  const cut = value.search(stop)
  const last = start + (cut < 0 ? value.length : cut)
  return operator === '>' || isQuery ? last : start + text.slice(start, last).replace(/[,;)\]}]+$/, '').length
}

function isQuotedSecret(named: Named, value: string, isField: boolean): boolean {
  const { kind, name, text, from } = named
  if (value.length < 4 || isPlaceholder(value) || value.toLowerCase() === name.toLowerCase()) return false
  if (/\s/.test(value)) return isPhrase(named, value)
  if (/^(?:[./~](?![A-Za-z0-9+/]{32,}={0,2}$)|https?:)/.test(value)) return false
  if (isOdd(value) || (kind === 'password' && /[^A-Za-z\s]/.test(value)))
    return value.length >= (kind === 'password' ? 4 : 8)
  const isVariable = /^[A-Z][A-Z0-9_]+$/.test(name)
  if (kind === 'password')
    return (
      !isCode(value) &&
      (isVariable || isField || /^[a-z]+$/.test(value) || !isWordy(value) || text.charAt(from) === '_')
    )
  return (
    value.length >= 8 && !isCode(value) && (isVariable ? !/^[A-Z_]+$/.test(value) : !isWordy(value) && /\d/.test(value))
  )
}

/** Words with spaces are a password where a variable of the environment holds them, or where the name says so. */
function isPhrase({ kind, name, text, to }: Named, value: string): boolean {
  const words = value.split(/\s+/).length
  if (/passphrase|mnemonic|seed/i.test(name)) return words >= 4 && /^[a-z ]+$/.test(value)
  return (
    kind === 'password' &&
    words <= 6 &&
    /^[A-Z][A-Z0-9_]*$/.test(name) &&
    text.charAt(to) === '=' &&
    /^[\w !#%.,-]+$/.test(value)
  )
}

function isBareSecret(shape: Shape, value: string, end: number): boolean {
  const { named, operator, isTight } = shape
  const { name, kind, before } = named
  if (value.length < 3 || isPlaceholder(value) || value.toLowerCase() === name.toLowerCase()) return false
  // What tests write: `PASS: TestName`.
  if (name === 'PASS' && operator === ':') return false
  if (
    /^(?:\.{0,2}\/(?![A-Za-z0-9+/]{32,}={0,2}$)|~\/|https?:\/\/[^@]*$)/.test(value) ||
    value.startsWith('\\') ||
    value.startsWith('--')
  )
    return false
  if (/^\d+(?:\.\d+)?$/.test(value)) return kind === 'password' && value.length >= 6
  if (operator === '>') return value.length >= 4 && !isCode(value)
  if ('?&'.includes(before) && before !== '')
    return value.length >= 6 && !isCode(value) && (isOdd(value) || kind === 'password' || !isWordy(value))
  if (operator === '=' && isTight && /^[A-Z][A-Z0-9_]*$/.test(name)) {
    return value.length >= 4 && !isCode(value) && !/^[A-Z_]+$/.test(value) && (kind === 'password' || value.length >= 6)
  }
  if (kind === 'password' && operator === ':' && /^[A-Z][A-Z0-9_]*_[A-Z0-9_]+$/.test(name))
    return value.length >= 5 && !isCode(value)
  if (isHeader(name) && operator === ':') return value.length >= 8 && !isWordy(value) && !isCode(value)
  if (isOdd(value) && !isCode(value))
    return value.length >= (kind === 'password' ? 6 : 8) && !(isIdentifier(value) && isWordy(value))
  if (kind !== 'password' && !/^(?:secret|token)$/.test(name)) return false
  return !isCode(value) && value.length >= 5 && isConfigurationLine(named, end)
}

const isHeader = (name: string) => /^[A-Za-z]+(?:-[A-Za-z]+)+$/.test(name)

/** The line is this name and value only, and the lines around it are such lines too, not those of a program. */
function isConfigurationLine({ text, from }: Named, end: number): boolean {
  const lineStart = lineStartBefore(text, from, MOST_HEAD)
  if (from - lineStart >= MOST_HEAD) return false
  const head = text.slice(lineStart, from)
  if (
    !/^[ \t]*(?:\d{1,6}(?:→|[ \t]?[|:]|\t)[ \t]*)?[+-]?[ \t]*(?:-[ \t]+)?["']?(?:export[ \t]+|set[ \t]+|ENV[ \t]+)?$/.test(
      head,
    )
  )
    return false
  const rest = text.slice(end, end + 300)
  if ((rest.split('\n', 1)[0] as string).replace(/[ \t]#.*$/, '').trim() !== '') return false
  const near = text.slice(Math.max(0, lineStart - 400), end) + rest
  if (
    /(?:^|\n)[^\w\n]{0,12}(?:user(?:name)?|login|host(?:name)?|database|email)[ \t]{0,4}[:=][ \t]{0,4}[\w.@-]{1,80}[ \t]*(?:\r?\n|$)/i.test(
      near,
    )
  )
    return true
  return !/[;{}]|=>|\b(?:import|function|const|let|class|def|return|interface|type|if|for)\b[^=:\n]{0,60}/.test(near)
}

const isNamePart = (code: number) => isAlphanumeric(code) || code === 95 || code === 45 || code === 46 || code === 0xf1

/** A field of an object whose name says that its value is a secret. */
export function isNamedSecret(name: string, value: string): boolean {
  const kind = nameKind(name.replace(/^-+/, ''))
  if (kind === null || isPlaceholder(value) || /\s/.test(value)) return false
  return (
    value.length >= (kind === 'password' ? 4 : 6) &&
    !isCode(value) &&
    (kind === 'password' || !isWordy(value) || (/\d/.test(value) && value.length >= 8))
  )
}
