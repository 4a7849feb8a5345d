// The strings in a text of JSON, each as it reads, and the text written again with others in their places. It goes through the
// text from sign to sign, so that neither a deep nesting nor a long string costs more than its length.

/** `name`: the field whose value it is, or that names it (`{"name": "X", "value": …}`). */
export type JsonString = { start: number; end: number; value: string; name: string | null }

export type JsonStrings = { text: string; strings: JsonString[] }

/** Numbers as long as a telephone number are looked at as well. */
const NUMBER = /-?\d[\d.eE+-]*/y
const MIN_DIGITS = 7
/** Fields that hold the value of what their object, or the field around it, is named after. */
const VALUE_FIELD = /^(?:value|val|default|text|content|current)$/i
const NAME_FIELD = /^(?:name|key|variable|env|header|field|id)$/i

type Level = { isArray: boolean; key: string | null; outer: string | null; called: string | null; flag: string | null }

/** Null when the text is no object and no list of JSON. */
export function readJson(text: string): JsonStrings | null {
  if (!/^\s*[{[]/.test(text)) return null
  const strings: JsonString[] = []
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at)
    const level = levels.at(-1)
    if (sign === '"') {
      const end = endOfString(text, at)
      if (end < 0) return null
      const value = parsed(text.slice(at, end))
      if (value === null) return null
      const isKey = level !== undefined && !level.isArray && /^\s*:/.test(text.slice(end, end + 40))
      strings.push({ start: at, end, value, name: isKey ? null : nameFor(level, value) })
      if (level && isKey) level.key = value
      at = end - 1
    } else if (sign === '{' || sign === '[') {
      levels.push({
        isArray: sign === '[',
        key: null,
        outer: level ? (level.key ?? level.outer) : null,
        called: null,
        flag: null,
      })
    } else if (sign === '}' || sign === ']') levels.pop()
    else if (sign === ',' && level && !level.isArray) level.key = null
    else if ((sign >= '0' && sign <= '9') || sign === '-') {
      NUMBER.lastIndex = at
      const number = NUMBER.exec(text)?.[0] ?? sign
      if (number.length >= MIN_DIGITS) {
        strings.push({ start: at, end: at + number.length, value: number, name: nameFor(level, number) })
      }
      at += number.length - 1
    }
  }
  return { text, strings }
}

/** What the value belongs to; a list of words of a command remembers its options. */
function nameFor(level: Level | undefined, value: string): string | null {
  if (!level) return null
  if (level.isArray) {
    const name = level.flag ?? level.outer
    level.flag = /^--?[A-Za-z][\w-]*$/.test(value) ? value : null
    return level.flag === null ? name : null
  }
  const key = level.key ?? ''
  if (NAME_FIELD.test(key)) level.called = value
  return VALUE_FIELD.test(key) ? (level.called ?? level.outer) : key
}

function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === 92) slashes++
    if (slashes % 2 === 0) return at + 1
  }
  return -1
}

function parsed(text: string): string | null {
  if (!text.includes('\\') && !/[\u0000-\u001f]/.test(text)) return text.slice(1, -1)
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

/** The text with the strings' new values; what did not change is as it was. */
export function writeJson({ text, strings }: JsonStrings, values: readonly string[]): string {
  let written = ''
  let done = 0
  for (const [index, { start, end, value }] of strings.entries()) {
    const next = values[index] as string
    if (next === value) continue
    written += text.slice(done, start) + JSON.stringify(next)
    done = end
  }
  return written + text.slice(done)
}
