// Owns `<home>/token`: what programs of the person whose Makima this is show instead of a key. Whoever may read the
// file may read the history and the database beside it too, so it opens everything.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SHAPE = /^mak_local_[\w-]{43}$/

/** Where the token of a home lies. */
export function tokenFile(home: string): string {
  return join(home, 'token')
}

/** The token of a home, or null where none was made yet. */
export function readLocalToken(home: string): string | null {
  try {
    const text = readFileSync(tokenFile(home), 'utf8').trim()
    return SHAPE.test(text) ? text : null
  } catch {
    return null
  }
}

/** The token that lies there; makes one first where there is none. Only the person may read it. Throws what the disk says. */
export function ensureLocalToken(home: string): string {
  const found = readLocalToken(home)
  const token = found ?? `mak_local_${randomBytes(32).toString('base64url')}`
  if (found === null) writeFileSync(tokenFile(home), `${token}\n`, { mode: 0o600 })
  chmodSync(tokenFile(home), 0o600)
  return token
}

/** A token that was taken away opens nothing after this time. Reading the file at each request costs as much as some answers. */
const TRUSTED_MS = 500

const trusted = { home: '', token: '', since: -Infinity }

/** Whether `shown` is the token of this home; how wrong it is cannot be told from the time this takes. */
export function isLocalToken(home: string, shown: string): boolean {
  if (!SHAPE.test(shown)) return false
  const now = performance.now()
  if (trusted.home === home && now - trusted.since < TRUSTED_MS && isSame(shown, trusted.token)) return true
  const token = readLocalToken(home)
  if (token === null || !isSame(shown, token)) return false
  Object.assign(trusted, { home, token, since: now })
  return true
}

function isSame(shown: string, token: string): boolean {
  return timingSafeEqual(Buffer.from(shown), Buffer.from(token))
}
