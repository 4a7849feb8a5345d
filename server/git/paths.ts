// Owns the one spelling of git paths: lossless for any bytes, plain text for the usual ones.
import { isUtf8 } from 'node:buffer'

const ESCAPE_BASE = 0xf700
const ESCAPED = /[\uf780-\uf7ff]/
const ESCAPED_ALL = /[\uf780-\uf7ff]/g

/** Bytes of a git path → our spelling. Bytes that are not UTF-8 (and, to stay reversible, our own escapes) become U+F780..U+F7FF. */
export function decodePath(bytes: Buffer): string {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8')
    if (!ESCAPED.test(text)) return text
  }
  let out = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    const piece = length > 0 ? bytes.toString('utf8', at, at + length) : ''
    if (length > 0 && !ESCAPED.test(piece)) {
      out += piece
      at += length
    } else {
      const count = Math.max(length, 1)
      for (let n = 0; n < count; n++) out += String.fromCharCode(ESCAPE_BASE + (bytes[at + n] ?? 0))
      at += count
    }
  }
  return out
}

/** The exact bytes of a path in our spelling. */
export function encodePath(path: string): Buffer {
  if (!ESCAPED.test(path)) return Buffer.from(path, 'utf8')
  const parts: Buffer[] = []
  let last = 0
  for (const match of path.matchAll(ESCAPED_ALL)) {
    if (match.index > last) parts.push(Buffer.from(path.slice(last, match.index), 'utf8'))
    parts.push(Buffer.from([match[0].charCodeAt(0) - ESCAPE_BASE]))
    last = match.index + 1
  }
  parts.push(Buffer.from(path.slice(last), 'utf8'))
  return Buffer.concat(parts)
}

/** A path for a screen or a sentence: odd bytes as `\xNN`, control characters as `\n`, `\t` or `\xNN`. */
export function displayPath(path: string): string {
  return path
    .replace(ESCAPED_ALL, (character) => `\\x${(character.charCodeAt(0) - ESCAPE_BASE).toString(16)}`)
    .replace(/[\u0000-\u001f\u007f]/g, (character) => {
      if (character === '\n') return '\\n'
      if (character === '\t') return '\\t'
      return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
}

/** True when git's own rules allow the path in a worktree: relative, no `..`, and no disguise of `.git`. */
export function isSafePath(path: string): boolean {
  if (path === '' || path.includes('\0')) return false
  return path.split('/').every((part) => {
    if (part === '' || part === '.' || part === '..') return false
    // HFS+ ignores some code points, NTFS trailing dots and streams: all of them could spell `.git`.
    const plain = part.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').toLowerCase()
    return !/^(\.git|git~1)([ .]*|:.*)$/.test(plain)
  })
}

/** Splits NUL-terminated output into paths. */
export function splitPaths(output: Buffer): string[] {
  return splitNul(output).map(decodePath)
}

/** Splits NUL-terminated output without decoding it. */
export function splitNul(output: Buffer): Buffer[] {
  const parts: Buffer[] = []
  let from = 0
  while (from < output.length) {
    const at = output.indexOf(0, from)
    const end = at === -1 ? output.length : at
    parts.push(output.subarray(from, end))
    from = end + 1
  }
  return parts
}

/** NUL-terminated input for `--stdin -z`. */
export function joinPaths(paths: Iterable<string>): Buffer {
  const parts: Buffer[] = []
  for (const path of paths) parts.push(encodePath(path), NUL)
  return Buffer.concat(parts)
}

const NUL = Buffer.from([0])

/** Length of the valid UTF-8 sequence at `at`, or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  if (length === 0 || at + length > bytes.length) return 0
  return isUtf8(bytes.subarray(at, at + length)) ? length : 0
}
