// Ids as OpenCode makes them: the time and a counter in 12 hexadecimal digits, then letters by chance. It sorts by them, and
// what has an id that is in its database already is passed over in silence: no id is ever used twice.
import { randomBytes } from 'node:crypto'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const TAIL = 14
const COUNTS_A_MS = 4096n
const MOST = (1n << 48n) - 1n

export class OpenCodeIds {
  private counter = 0n

  /** The id of a session that begins at `now` (milliseconds since 1970): newer ones sort first. */
  session(now: number): string {
    return `ses_${digits(MOST - ((BigInt(now) * COUNTS_A_MS) & MOST))}${tail()}`
  }

  /** The id of a message or a part: it sorts after those that were made before it for the same time or an earlier one. */
  next(kind: 'msg' | 'prt', at: number): string {
    this.counter += 1n
    return `${kind}_${digits((BigInt(at) * COUNTS_A_MS + this.counter) & MOST)}${tail()}`
  }
}

function digits(value: bigint): string {
  return value.toString(16).padStart(12, '0')
}

function tail(): string {
  return [...randomBytes(TAIL)].map((byte) => LETTERS[byte % LETTERS.length]).join('')
}
