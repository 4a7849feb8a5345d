// What may stand in a row: no U+0000 (PostgreSQL refuses it), no half characters, no more than the limits.

import type { PlacedMessage } from './types'

/** A text without U+0000. */
export function cleanText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text
}

/** The first `limit` characters, never half of a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  const last = text.charCodeAt(limit - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit)
}

const TITLE_LIMIT = 200

/** A text as the one line of at most 200 characters that a session is called by; null when nothing of it is left. */
export function toTitle(text: string | null): string | null {
  const line = cleanText(text ?? '')
    .replace(/\s+/g, ' ')
    .trim()
  if (line === '') return null
  return line.length > TITLE_LIMIT ? `${cutText(line, TITLE_LIMIT - 1)}…` : line
}

/** Puts a text into a row; says in the row when it had to be cut. */
export function setText(row: PlacedMessage, field: 'text' | 'toolResult', text: string, limit: number): void {
  const clean = cleanText(text)
  if (clean.length > limit) row.truncated = true
  row[field] = cutText(clean, limit)
}

/** Longest string inside a JSON text that is too long; longer ones are shortened so that it stays valid JSON. */
const LONG_STRING = 1_024

/**
 * JSON text of a value, without U+0000 and lone surrogates (`jsonb` refuses both). When it is over the limit its long
 * strings are shortened first, so that it is still JSON; only if that is not enough the text itself is cut.
 */
export function stringifyJson(value: unknown, limit: number): { text: string; truncated: boolean } {
  const whole = tryStringify(value, Number.POSITIVE_INFINITY)
  if (whole.length <= limit) return { text: whole, truncated: false }
  const shortened = tryStringify(value, LONG_STRING)
  return { text: cutText(shortened, limit), truncated: true }
}

function tryStringify(value: unknown, longest: number): string {
  try {
    const text = longest === Number.POSITIVE_INFINITY ? JSON.stringify(value) : JSON.stringify(value, shorten(longest))
    if (text === undefined) return 'null'
    // Escapes are rare; `\\u0000` as six written characters is caught too and costs only the second pass.
    return text.includes('\\u0000') || text.includes('\\ud') ? JSON.stringify(value, shorten(longest)) : text
  } catch {
    // Nested too deeply for the serialiser.
    return '"…"'
  }
}

function shorten(longest: number) {
  return (_key: string, value: unknown): unknown => {
    if (typeof value === 'string') {
      const clean = wellFormed(value)
      return clean.length > longest ? `${cutText(clean, longest)}…` : clean
    }
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && hasBadKey(value)) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [wellFormed(key), item]))
    }
    return value
  }
}

function hasBadKey(value: object): boolean {
  return Object.keys(value).some((key) => wellFormed(key) !== key)
}

/** Without U+0000, and with lone surrogates replaced. */
export function wellFormed(text: string): string {
  return cleanText(text).replace(/\p{Surrogate}/gu, '\uFFFD')
}
