// The cookie by which a browser is known. Browsers send the cookies of all ports of a machine to each of them, so the name
// tells one Makima's from another's.
import { createHash } from 'node:crypto'
import { parse, serialize } from 'cookie'

const LEAD = 'makima_session_'
/** The longest that browsers keep one. The session itself ends earlier when nobody uses it. */
const KEPT_SECONDS = 400 * 86_400

/** The name that the Makima of this home gives its cookie. */
export function cookieName(home: string): string {
  return LEAD + createHash('sha256').update(home).digest('hex').slice(0, 8)
}

/** The secret that a browser shows to the Makima of `home`, or null. `header`: the `Cookie` header. */
export function readCookie(home: string, header: string | null): string | null {
  return header === null ? null : (parse(header)[cookieName(home)] ?? null)
}

/**
 * A `Set-Cookie` header. No script can read the cookie, and no other site's page can have it sent along. `isSecure`: the
 * browser came over HTTPS, and keeps it for HTTPS.
 */
export function writeCookie(home: string, secret: string, isSecure: boolean): string {
  return serialize(cookieName(home), secret, {
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure,
    path: '/',
    maxAge: KEPT_SECONDS,
  })
}
