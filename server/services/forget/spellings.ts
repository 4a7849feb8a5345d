// How one string may be written: as it is, and inside of JSON, which agents put into each other several times.

/** JSON inside of JSON inside of JSON: the arguments of a call in a record, and what a tool printed of those. */
const DEPTH = 3

const inside = (text: string): string => JSON.stringify(text).slice(1, -1)
const escapeAll = (text: string, which: RegExp, digits: (hex: string) => string): string =>
  text.replace(which, (sign) => `\\u${digits(sign.charCodeAt(0).toString(16).padStart(4, '0'))}`)

const lower = (hex: string) => hex
const upper = (hex: string) => hex.toUpperCase()
const BEYOND_ASCII = /[\u007f-\uffff]/g
/** Writers that think of web pages escape these, some only the slash. */
const FOR_PAGES = /[<>&']/g

/** Every spelling that is looked for, the longest first. */
export function spellingsOf(text: string): string[] {
  const found = new Set<string>()
  for (const form of new Set([text, text.normalize('NFC'), text.normalize('NFD')])) {
    found.add(form)
    const plain = inside(form)
    let level = new Set([
      plain,
      plain.replaceAll('/', '\\/'),
      escapeAll(plain, FOR_PAGES, lower),
      escapeAll(plain, FOR_PAGES, upper),
      escapeAll(plain, BEYOND_ASCII, lower),
      escapeAll(plain, BEYOND_ASCII, upper),
    ])
    for (let depth = 1; depth <= DEPTH; depth++) {
      for (const spelling of level) found.add(spelling)
      level = new Set([...level].map(inside))
    }
  }
  return [...found].sort((a, b) => b.length - a.length || (a < b ? -1 : 1))
}
