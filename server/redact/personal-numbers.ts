// Personal data made of digits: telephone numbers, addresses on the internet, bank accounts and cards. What has a check digit
// must pass it.
import { isAlphanumeric, type Hit } from './rule'

/** The shortest of what is looked for. */
const LEAST = 7

/** Digits with the signs that stand between them; anything of it is looked at more closely. */
const NUMBER = /\+?\(?\d(?:[ ()./-]{0,2}\d){6,24}/g
const IPV4 = /(?<![\w.-]|\d,)(?:\d{1,3}\.){3}\d{1,3}(?!\.?\w|-\w|\.\d)/g
const IBAN = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])/g

export function findNumbers(text: string, found: (hit: Hit) => void): void {
  // Most texts of a conversation are short and have none.
  if (text.length < LEAST || !/\d/.test(text)) return
  for (const match of text.matchAll(IPV4)) ipv4(text, match.index, match[0], found)
  for (const match of text.matchAll(NUMBER)) number(text, match.index, match[0], found)
  findIpv6(text, found)
  for (const match of text.matchAll(IBAN)) iban(match.index, match[0], found)
}

function ipv4(text: string, start: number, value: string, found: (hit: Hit) => void): void {
  const parts = value.split('.').map(Number)
  const isWritten = value.split('.').every((part) => part === '0' || !part.startsWith('0'))
  if (!isWritten || parts.some((part) => part > 255)) return
  const [first = 0, second = 0, third = 0, fourth = 0] = parts
  if (first === 127 || first === 0 || first === 255 || (first >= 224 && first < 240)) return
  // Versions: of small numbers only, after the word, or after the name of a program.
  if (parts.every((part) => part < 10) || (third === 0 && fourth === 0 && second === 0)) return
  const before = text.slice(Math.max(0, start - 16), start)
  if (
    /(?:version|ver|release|v|[A-Za-z]\/|[@^~]|[<>=]=|rev)["']?\s{0,2}[:=]?\s{0,2}["']?$/i.test(before) &&
    !before.endsWith('//')
  )
    return
  found({ start, end: start + value.length, group: 'address', kind: 'IP address' })
}

/** From one colon between two digits to the next: other text has few. */
function findIpv6(text: string, found: (hit: Hit) => void): void {
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    if (
      !isHexOrColon(text.charCodeAt(at + 1)) ||
      !(isHexOrColon(text.charCodeAt(at - 1)) || text.charAt(at + 1) === ':')
    )
      continue
    let start = at
    while (start > 0 && at - start < 5 && isHexOrColon(text.charCodeAt(start - 1))) start--
    let end = at + 1
    while (end < text.length && end - start < 46 && isHexOrColon(text.charCodeAt(end))) end++
    at = end - 1
    if (/[\w.]/.test(text.charAt(start - 1)) || /[\w:]/.test(text.charAt(end))) continue
    const value = text.slice(start, end).replace(/:$/, '')
    ipv6(start, value.endsWith(':') ? `${value}:` : value, found)
  }
}

const isHexOrColon = (code: number) => code === 58 || isHexDigit(code)
const isHexDigit = (code: number) =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)

function ipv6(start: number, plain: string, found: (hit: Hit) => void): void {
  const groups = plain.split(':').filter((part) => part !== '')
  if (groups.some((group) => group.length > 4)) return
  const shortened = plain.includes('::')
  if (!shortened && groups.length !== 8) return
  if (shortened && (groups.length < 3 || groups.length > 7 || plain.indexOf('::') !== plain.lastIndexOf('::'))) return
  if (!/\d/.test(plain) || !groups.some((group) => group.length >= 3)) return
  found({ start, end: start + plain.length, group: 'address', kind: 'IP address' })
}

function iban(start: number, value: string, found: (hit: Hit) => void): void {
  const letters = value.replaceAll(/[ -]/g, '')
  // Groups after it may be no part of it: the longest beginning that passes the check counts.
  for (let length = Math.min(34, letters.length); length >= 15; length--) {
    if (!passesMod97(letters.slice(0, length))) continue
    let end = 0
    for (let count = 0; count < length; end++) if (value.charAt(end) !== ' ' && value.charAt(end) !== '-') count++
    return found({ start, end: start + end, group: 'bank', kind: 'bank account (IBAN)' })
  }
}

function passesMod97(value: string): boolean {
  let rest = 0
  for (const letter of value.slice(4) + value.slice(0, 4)) {
    const number = Number.parseInt(letter, 36)
    rest = (rest * (number > 9 ? 100 : 10) + number) % 97
  }
  return rest === 1
}

const TALKS_OF_PHONES =
  /(?:phone|tel|mobile|mobil|cell|handy|fax|fon|whatsapp|sms|telefon(?:nummer)?|number|nummer|call|reach|ring)[\s:="'.()-]{1,8}(?:is |me |at |us |on |nr\.? |no\.? ){0,2}$/i

function number(text: string, index: number, match: string, found: (hit: Hit) => void): void {
  const [before, after] = [text.charAt(index - 1), text.charAt(index + match.length)]
  if (
    /[\w.#$@]/.test(before) ||
    /[\w@]/.test(after) ||
    /^\.\d/.test(text.slice(index + match.length, index + match.length + 2))
  )
    return
  const digits = match.replaceAll(/\D/g, '')
  if (isCard(match, digits)) {
    return found({ start: index, end: index + match.length, group: 'card', kind: 'card number' })
  }
  if (!isPhone(text, index, match, digits)) return
  found({ start: index, end: index + match.length, group: 'phone', kind: 'telephone number' })
}

const CARD =
  /^(?:4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|3(?:0[0-5]|[689]\d)\d{11}|6(?:011|5\d\d|4[4-9]\d)\d{12}|35(?:2[89]|[3-8]\d)\d{12}|62\d{14})$/

function isCard(match: string, digits: string): boolean {
  if (!CARD.test(digits) || !/^\d+$|^\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}$|^\d{4}([ -])\d{6}\2\d{5}$/.test(match))
    return false
  let sum = 0
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits.charAt(digits.length - 1 - at))
    sum += at % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return sum % 10 === 0 && new Set(digits).size > 1
}

function isPhone(text: string, index: number, match: string, digits: string): boolean {
  if (digits.length < 7 || digits.length > 15 || new Set(digits).size < 3) return false
  if (/^\+?\d{4,6}[-./]\d{1,2}[-./]\d{1,2}/.test(match) || /^\d{1,2}[./]\d{1,2}[./]\d{4}/.test(match)) return false
  const isLineStart = index === 0 || text.charAt(index - 1) === '\n'
  // A line that was added in a diff begins with the same sign.
  if (match.startsWith('+'))
    return (
      digits.length >= 8 &&
      /^\+[1-9(]/.test(match) &&
      /[\s"'`:([|>,;]/.test(text.charAt(index - 1) || ' ') &&
      (!isLineStart || /[ ()-]/.test(match)) &&
      !/\d\.\d/.test(match)
    )
  if (
    /^\(?[2-9]\d{2}\)?[ .-][2-9]\d{2}[ .-]\d{4}$/.test(match) &&
    /^(?:\(|\d{3}([.-])\d{3}\1)|^\d{3} \d{3}-/.test(match)
  )
    return true
  if (/^00[1-9]\d{0,2}[ ./-]/.test(match)) return digits.length >= 10
  const isNational = /^\(?0[1-9]\d{1,4}\)?[ /-]/.test(match) && digits.length >= 10 && digits.length <= 12
  if (isNational && /^\(?0\d{1,4}\)?[ /-]\d{3,8}(?:[ -]\d{2,8}){0,3}$/.test(match) && !isRow(text, index, match))
    return true
  return (
    /^[\d ()/-]+$|^\d{2,4}(?:\.\d{2,4}){2,4}$/.test(match) &&
    /[ ()./-]|^0/.test(match) &&
    TALKS_OF_PHONES.test(text.slice(Math.max(0, index - 40), index))
  )
}

/** Columns of numbers, as in a dump of bytes. */
const isRow = (text: string, index: number, match: string): boolean =>
  /[\da-f:][ \t]$/i.test(text.slice(index - 2, index)) ||
  (/^[ \t]+[\da-f]/i.test(text.slice(index + match.length, index + match.length + 3)) &&
    isAlphanumeric(text.charCodeAt(index + match.length + 1)))
