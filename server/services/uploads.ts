// Files that are sent to be imported. Each has a folder of its own in the home of Makima, so that it keeps its name, and
// is removed when the import that reads it is at its end.
import { createWriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { newId } from '@/db/ids'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'

export const uploadName = z
  .string('Say how the file is called: name=….')
  .trim()
  .regex(/^[^/\\\p{Cc}]+$/u, 'The name of a file holds no slash and no control characters.')
  .refine((name) => Buffer.byteLength(name) <= 200, 'The name of the file is longer than 200 bytes. Shorten it.')
  .refine((name) => name !== '.' && name !== '..', 'This is no name of a file.')

const folderOf = (ctx: Context) => join(ctx.env.home, 'uploads')

/** Days, so that an import that waits for others finds what was sent for it. */
const LEFT_BEHIND_MS = 7 * 86_400_000

/**
 * Writes what is sent into a file called `name` and answers its path. What was cut off is removed.
 * @throws AppError `invalid` for nothing at all or a wrong name, `precondition_failed` when the disk is full.
 */
export async function receiveUpload(
  ctx: Context,
  name: string,
  sent: AsyncIterable<Uint8Array> | null,
): Promise<string> {
  const called = uploadName.parse(name)
  await removeLeftBehind(ctx)
  const folder = join(folderOf(ctx), newId())
  // What people talk about with their agents is for nobody else's eyes.
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const path = join(folder, called)
  try {
    if (sent) await pipeline(sent, createWriteStream(path, { mode: 0o600 }))
    if (!sent || (await stat(path)).size === 0) throw new AppError('invalid', 'The file is empty. Choose another one.')
    return path
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    const full = `The disk of Makima's home (${ctx.env.home}) is full. Free some space and send the file again.`
    throw new AppError('precondition_failed', full, { cause: error })
  }
}

/** Removes a file that was sent; a path of another file is left alone. */
export async function removeUpload(ctx: Context, path: string): Promise<void> {
  if (isUpload(ctx, path)) await rm(dirname(path), { recursive: true, force: true })
}

/** How a path is shown: of a file that was sent only its name, as the rest says nothing to who sent it. */
export function showPath<P extends string | null>(ctx: Context, path: P): P | string {
  return path !== null && isUpload(ctx, path) ? basename(path) : path
}

const isUpload = (ctx: Context, path: string) => path.startsWith(folderOf(ctx) + sep)

/** Of a Makima that was ended while it received something. */
async function removeLeftBehind(ctx: Context): Promise<void> {
  const folder = folderOf(ctx)
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => null)
    if (found && ctx.now().getTime() - found.mtimeMs > LEFT_BEHIND_MS) await rm(path, { recursive: true, force: true })
  }
}
