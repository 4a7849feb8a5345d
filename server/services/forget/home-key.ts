// Owns the key of the home folder with which what was forgotten is known again, and a string is kept until it is gone.
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '@/server/context'

const BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

const keys = new Map<string, Buffer>()

/** Made at its first use. Without it (the file was removed) nothing that was forgotten before is known any more. */
export function homeKey(ctx: Context): Buffer {
  const { home } = ctx.env
  const known = keys.get(home)
  if (known) return known
  const file = join(home, 'forget-key')
  mkdirSync(home, { recursive: true, mode: 0o700 })
  try {
    writeFileSync(file, randomBytes(BYTES).toString('hex'), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  if (key.length !== BYTES) throw new Error(`${file} does not hold a key: put the right one back, or remove it`)
  keys.set(home, key)
  return key
}

/** HMAC-SHA256 of these parts; parts of one kind never meet those of another. */
export function keyedHash(ctx: Context, kind: string, ...parts: (string | Buffer)[]): Buffer {
  const hash = createHmac('sha256', homeKey(ctx)).update(kind)
  for (const part of parts) hash.update(`\0${Buffer.byteLength(part)}\0`).update(part)
  return hash.digest()
}

export function encrypt(ctx: Context, text: string): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', homeKey(ctx), iv)
  return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
}

export function decrypt(ctx: Context, bytes: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', homeKey(ctx), bytes.subarray(0, IV_BYTES))
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
  return decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8')
}
