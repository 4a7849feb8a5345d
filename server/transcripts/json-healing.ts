// Reads a line that is not one clean JSON object: glued objects, a byte order mark, NUL bytes, bad UTF-8, a torn half.

import { isUtf8 } from 'node:buffer'
import type { RawRecord } from './types'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d

/** Bytes that may be looked at in search of a whole record behind a torn one, so that a huge broken line stays cheap. */
const RESYNC_BUDGET = 64 * 1024 * 1024

type Found = { start: number; end: number; value: unknown; valid: boolean }

/**
 * The records of one line (without its newline), with exact places. Bytes between values that are neither white space
 * nor NUL are a record without value, so that nothing is passed over in silence.
 * `mayBeCut` says that the source ends here without a newline: what is unfinished is then `cut`, not broken.
 */
export function healLine(bytes: Buffer, offset: number, line: number, mayBeCut: boolean): RawRecord[] {
  const found = findValues(bytes)
  const badUtf8 = !isUtf8(bytes)
  const alone = found.length === 1
  return found.map(({ start, end, value, valid }): RawRecord => {
    const place = { offset: offset + start, length: end - start, line }
    if (!valid) {
      const problem = mayBeCut && end === trimmedEnd(bytes) ? 'cut' : 'not_json'
      return { ...place, value: null, problem, healed: false }
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { ...place, value: null, problem: 'not_an_object', healed: false }
    }
    const broken = badUtf8 && !isUtf8(bytes.subarray(start, end))
    const healed = broken || !alone || start > 0 || bytes.subarray(start, end).includes(0) || end < trimmedEnd(bytes)
    return { ...place, value: value as Record<string, unknown>, problem: broken ? 'bad_utf8' : null, healed }
  })
}

/** True if the bytes after the last newline of a source are whole values, so nothing more needs to come. */
export function hasCompleteTail(bytes: Buffer): boolean {
  const last = findValues(bytes).at(-1)
  return last === undefined || last.valid
}

function findValues(bytes: Buffer): Found[] {
  const found: Found[] = []
  let at = 0
  while (true) {
    at = skipBlank(bytes, at)
    if (at >= bytes.length) return found
    const value = readValue(bytes, at) ?? resync(bytes, at, found)
    found.push(value)
    at = value.end
  }
}

function readValue(bytes: Buffer, start: number): Found | null {
  const end = findEnd(bytes, start)
  if (end < 0) return null
  const value = tryParse(bytes, start, end)
  return value === undefined ? null : { start, end, value, valid: true }
}

/**
 * Something at `start` is no value. If an object further on can be read up to the end of the line (a record written
 * after a torn one), what lies before it is the broken part; else the whole rest is.
 */
function resync(bytes: Buffer, start: number, found: Found[]): Found {
  let candidate = bytes.indexOf('{"', start + 1)
  for (let budget = RESYNC_BUDGET; candidate >= 0 && budget > 0; budget -= bytes.length - candidate) {
    const next = readValue(bytes, candidate)
    if (next && (next.end >= trimmedEnd(bytes) || bytes[skipBlank(bytes, next.end)] === OPEN_BRACE)) {
      found.push({ start, end: candidate, value: undefined, valid: false })
      return next
    }
    candidate = bytes.indexOf('{"', candidate + 1)
  }
  return { start, end: trimmedEnd(bytes), value: undefined, valid: false }
}

/** End of the value that begins at `start` by counting brackets outside strings; -1 when it does not end. */
export function findEnd(bytes: Buffer, start: number): number {
  const first = bytes[start]
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) return trimmedEnd(bytes)
  let depth = 0
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE) {
      at = skipString(bytes, at)
      if (at < 0) return -1
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++
    else if ((byte === CLOSE_BRACE || byte === CLOSE_BRACKET) && --depth === 0) return at + 1
  }
  return -1
}

function skipString(bytes: Buffer, open: number): number {
  let close = bytes.indexOf(QUOTE, open + 1)
  while (close >= 0) {
    let slashes = 0
    while (bytes[close - 1 - slashes] === BACKSLASH) slashes++
    if (slashes % 2 === 0) return close
    close = bytes.indexOf(QUOTE, close + 1)
  }
  return -1
}

function tryParse(bytes: Buffer, start: number, end: number): unknown {
  const text = bytes.toString('utf8', start, end)
  try {
    return JSON.parse(text.includes('\0') ? text.replaceAll('\0', '') : text)
  } catch {
    return undefined
  }
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0
}

/** The first byte from `start` on that is neither white space, NUL nor a byte order mark. */
export function skipBlank(bytes: Buffer, start: number): number {
  let at = start
  while (at < bytes.length) {
    if (isBlank(bytes[at])) at++
    else if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3
    else break
  }
  return at
}

function trimmedEnd(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && isBlank(bytes[end - 1])) end--
  return end
}
