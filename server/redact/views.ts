// The other spellings in which a text may hold a secret: with invisible signs, escaped as in JSON, URL-encoded, in base64, and
// over several lines. Each is made only where the text has its marks, so that ordinary text costs one look.
import { base64Views } from './view-base64'
import { joinedViews } from './view-lines'
import { percentViews } from './view-percent'
import { rewrite, type View, wholeOf } from './view'

/** Without any of these a text has no other spelling but base64. */
const MARKS = /[\\&*`~%\n"'\u0080-\uffff]/

/** How often one may lie in the other: JSON in a string of JSON in a string of a program. */
const DEPTH = 3

/** Zero-width and other signs that are not seen, and letters that stand for plain ones (full width, mathematical). */
const UNPLAIN =
  /[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u00a0\u2000-\u200a\u202f\u205f\u3000\uff01-\uff5e\u2010-\u2015\u2212\u{1d400}-\u{1d7ff}]/gu
const INVISIBLE = /^[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]$/u
const BEYOND_ASCII = /[\u0080-\uffff]/

/** Escapes of JSON, of programs, of Markdown and of HTML, and marks of emphasis between two letters. */
const ESCAPED =
  /\\(?:u\{?([0-9a-f]{4,6})\}?|x([0-9a-f]{2})|([0-3][0-7]{2})|(\r?\n)|([^a-z0-9\s]|[bfnrte]))|&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp|equals|colon|sol|lowbar));|(?<=\w)(?:\*{1,3}|~~|`)(?=\w)/gi
const LETTERS: Record<string, string> = { b: '', f: '', n: '\n', r: '\r', t: '\t', e: '\u001b' }
const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  equals: '=',
  colon: ':',
  sol: '/',
  lowbar: '_',
}
/** An escaped colour, which only shows once the escapes are read. */
const COLOURS = /\u001b\[[0-?]{0,64}[ -/]{0,8}[@-~]/g

/** The text itself first, then its other spellings. */
export function viewsOf(text: string): View[] {
  if (!MARKS.test(text)) return [wholeOf(text), ...base64Views(wholeOf(text))]
  const base = foldSigns(wholeOf(text))
  const levels = [base]
  for (let depth = 0; depth < DEPTH; depth++) {
    const next = unescape(levels.at(-1) as View)
    if (!next) break
    levels.push(next)
  }
  const joined = levels.flatMap(joinedViews)
  const percent = [...levels, ...joined].flatMap((view) => percentViews(view, DEPTH))
  const packed = [...levels, ...joined, ...percent].flatMap(base64Views)
  return [...levels, ...joined, ...percent, ...packed]
}

function foldSigns(view: View): View {
  if (!BEYOND_ASCII.test(view.text)) return view
  return rewrite(view, UNPLAIN, ([sign]) => (INVISIBLE.test(sign) ? '' : plainLetter(sign))) ?? view
}

function plainLetter(sign: string): string | null {
  if (/[\u2010-\u2015\u2212]/.test(sign)) return '-'
  const plain = sign.normalize('NFKC')
  return plain !== sign && plain.length <= sign.length ? plain : null
}

function unescape(view: View): View | null {
  if (!/[\\&*`~]/.test(view.text)) return null
  const read = rewrite(view, ESCAPED, (match) => {
    const [whole, unicode, hex, octal, lineEnd, letter, decimal, entityHex, entity] = match
    if (lineEnd !== undefined) return null
    if (letter !== undefined) return LETTERS[letter.toLowerCase()] ?? letter
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    const code = unicode ?? hex ?? entityHex
    if (code !== undefined) return fromCode(Number.parseInt(code, 16))
    if (decimal !== undefined) return fromCode(Number(decimal))
    if (entity !== undefined) return ENTITIES[entity.toLowerCase()] ?? null
    return whole.startsWith('*') || whole.startsWith('~') || whole.startsWith('`') ? '' : null
  })
  if (!read) return null
  const plain = rewrite(read, COLOURS, () => '') ?? read
  return foldSigns(plain)
}

const fromCode = (code: number): string | null =>
  code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : null
