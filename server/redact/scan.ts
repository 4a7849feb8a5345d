// Finds what must not be shown to others: secrets, e-mail addresses, home folders. Two scanners look for secrets, a library
// that is kept up to date and a table of our own; what either finds counts.
import { lintSource } from '@secretlint/core'
import { creator as recommended } from '@secretlint/secretlint-rule-preset-recommend'
import { SECRET_RULES } from './secret-rules'

export type FindingGroup = 'secret' | 'email' | 'home'

/** One thing that was found, wherever and however often it stands. */
export type Finding = {
  group: FindingGroup
  /** What it is, as a person says it: "GitHub token". */
  kind: string
  /** The characters to be masked. */
  value: string
  /**
   * Where `value` is so short or so plain that it also stands for other things: the characters around it with it, and only
   * there is it masked. Null: it is masked everywhere.
   */
  context: string | null
  count: number
}

/** The library reads a text at a time, and a short one costs it as much as a long one. */
const PIECE_CHARACTERS = 400_000
const BETWEEN = '\n\u2063\n'

const EMAIL = /\b[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b/g
/** Addresses of programs and of examples are nobody's. */
const NOBODY =
  /^(?:git|noreply|no-reply|[\w.+-]{0,60}noreply)@|@(?:[\w-]{1,60}\.){0,3}(?:example|test|invalid|localhost)(?:\.\w{2,10})?$/i
const HOME = /(?:\/home|\/Users|[A-Za-z]:(?:\\{1,2}|\/)Users)(?:\\{1,2}|\/)([^/\\\s"'`:<>|,;()[\]{}]{1,64})/g
/** How some agents write a folder as one word. */
const FLAT_HOME = /(?<!\w)-(?:home|Users)-([A-Za-z0-9]{1,40})(?=-)/g
/** Folders in the place of homes that are nobody's. */
const SHARED_HOME = /^(?:Shared|Public|runner|user|username|you|name)$/

/** @throws Error when a scanner fails: then nothing may be shown. */
export async function scanTexts(texts: Iterable<string>): Promise<Finding[]> {
  const found = new Map<string, Finding>()
  for (const piece of join(texts)) {
    for (const { kind, pattern } of SECRET_RULES) scanWith(piece, pattern, 'secret', kind, found)
    await scanWithLibrary(piece, found)
    scanWith(piece, EMAIL, 'email', 'e-mail address', found, (value) => !NOBODY.test(value))
    scanHomes(piece, found)
  }
  return dropParts([...found.values()])
}

function* join(texts: Iterable<string>): Generator<string> {
  let piece = ''
  for (const text of texts) {
    if (piece.length > 0 && piece.length + text.length > PIECE_CHARACTERS) {
      yield piece
      piece = ''
    }
    piece += text + BETWEEN
  }
  if (piece.length > 0) yield piece
}

async function scanWithLibrary(content: string, found: Map<string, Finding>): Promise<void> {
  const { messages } = await lintSource({
    source: { content, filePath: 'conversation.txt', ext: '.txt', contentType: 'text' },
    options: {
      config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: recommended, rules: [] }] },
      noPhysicFilePath: true,
    },
  })
  for (const { ruleId, range } of messages) {
    const value = content.slice(range[0], range[1])
    const kind = nameOf(ruleId)
    // What our own table has found is counted there.
    if ((found.get(value)?.kind ?? kind) === kind) add(found, 'secret', kind, value, null)
  }
}

/** "database connection string" of "@secretlint/secretlint-rule-database-connection-string". */
const nameOf = (ruleId: string): string => ruleId.replace(/^.*secretlint-rule-/, '').replaceAll('-', ' ')

function scanWith(
  text: string,
  pattern: RegExp,
  group: FindingGroup,
  kind: string,
  found: Map<string, Finding>,
  counts: (value: string) => boolean = () => true,
): void {
  for (const match of text.matchAll(pattern)) {
    const value = (match[1] ?? match[0]).trimEnd()
    if (value === '' || !counts(value)) continue
    add(found, group, kind, value, match[1] === undefined || isTelling(value) ? null : match[0])
  }
}

function scanHomes(text: string, found: Map<string, Finding>): void {
  for (const pattern of [HOME, FLAT_HOME]) {
    for (const match of text.matchAll(pattern)) {
      if (SHARED_HOME.test(match[1] ?? '')) continue
      add(found, 'home', 'home folder', match[0], null)
    }
  }
}

/** Long and mixed enough that it stands for nothing else wherever it occurs. */
function isTelling(value: string): boolean {
  return value.length >= 12 && /\d/.test(value) && /[A-Za-z]/.test(value)
}

function add(
  found: Map<string, Finding>,
  group: FindingGroup,
  kind: string,
  value: string,
  context: string | null,
): void {
  const key = context ?? value
  const known = found.get(key)
  if (known) known.count++
  else found.set(key, { group, kind, value, context, count: 1 })
}

/** One that only repeats a part of another would be listed twice. */
function dropParts(found: Finding[]): Finding[] {
  const secrets = found.filter(({ group }) => group === 'secret')
  return found.filter(
    (one) =>
      one.group === 'home' ||
      !secrets.some(
        (other) =>
          other !== one && other.context === null && other.value !== one.value && other.value.includes(one.value),
      ),
  )
}
