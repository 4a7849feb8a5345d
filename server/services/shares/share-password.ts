// Passwords of shares: kept as a slow hash, and slower to guess with every wrong try.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { AppError } from '@/server/errors'

const derive = promisify(scrypt) as (password: string, salt: Buffer, length: number) => Promise<Buffer>
const BYTES = 32
/** So many wrong passwords cost nothing; each further one doubles the wait. */
const FREE_TRIES = 5
const FIRST_WAIT_MS = 10_000
const LONGEST_WAIT_MS = 3_600_000

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await derive(password, salt, BYTES)
  return `scrypt$${salt.toString('base64url')}$${hash.toString('base64url')}`
}

export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [, salt = '', hash = ''] = kept.split('$')
  const expected = Buffer.from(hash, 'base64url')
  const given = await derive(password, Buffer.from(salt, 'base64url'), BYTES)
  return expected.length === given.length && timingSafeEqual(expected, given)
}

/** @throws AppError `rate_limited` while the next password must wait. */
export function requirePatience(failedTries: number, failedAt: Date | null, now: Date): void {
  if (failedTries < FREE_TRIES || failedAt === null) return
  const wait = Math.min(FIRST_WAIT_MS * 2 ** (failedTries - FREE_TRIES), LONGEST_WAIT_MS)
  const left = Math.ceil((failedAt.getTime() + wait - now.getTime()) / 1_000)
  if (left <= 0) return
  throw new AppError('rate_limited', `Too many wrong passwords. Try again in ${left} s.`)
}
