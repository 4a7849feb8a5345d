// Writes a session of an agent as a new file. Owns the promise that no file which exists is touched.
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '@/server/errors'

const PIECE = 262_144

/**
 * Writes lines (without their newline) to a new file and makes its folder; returns its size in bytes. Programs look for
 * sessions by name, so the file gets its name only when it is whole.
 * @throws AppError `conflict` when the file exists.
 */
export async function writeNewLines(path: string, lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  if (await exists(path)) throw new AppError('conflict', `A session is already at ${path}. Try again.`)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const half = `${path}.half`
  const file = await open(half, 'wx', 0o600)
  try {
    let bytes = 0
    let piece = ''
    const flush = async () => {
      const data = Buffer.from(piece)
      piece = ''
      await file.writeFile(data)
      bytes += data.length
    }
    for await (const line of lines) {
      piece += `${line}\n`
      if (piece.length > PIECE) await flush()
    }
    await flush()
    await file.sync()
    await file.close()
    await rename(half, path)
    return bytes
  } catch (error) {
    await file.close().catch(() => {})
    await rm(half, { force: true })
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
