// Blanks a string in the files of the home folder that Makima itself writes: its logs, and its record of agents over the protocol.
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context } from '@/server/context'
import { ACP_FOLDER } from '@/server/transcripts/acp-content'
import { type Act, subjectOf } from './act'
import { blankBytes, type Matcher, plainMatcher } from './blank'
import { spellingsOf } from './spellings'

const FOLDERS = ['logs', ACP_FOLDER, 'uploads']

export async function blankHomeFiles(ctx: Context, act: Act): Promise<void> {
  const subject = subjectOf(ctx, act)
  if (subject.kind !== 'string') return
  const matcher = plainMatcher(spellingsOf(subject.string))
  for (const folder of FOLDERS) {
    const entries = await readdir(join(ctx.env.home, folder), { recursive: true, withFileTypes: true }).catch(() => [])
    for (const entry of entries) if (entry.isFile()) await blankFile(join(entry.parentPath, entry.name), matcher)
  }
}

const READ_BYTES = 1 << 20

/** In place and without moving a byte: a process may be writing at its end. */
async function blankFile(path: string, matcher: Matcher): Promise<void> {
  const file = await open(path, 'r+')
  try {
    for (let at = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, at)
      if (bytesRead === 0) return
      const bytes = buffer.subarray(0, bytesRead)
      const blanked = blankBytes(matcher, bytes)
      if (blanked) await file.write(blanked.bytes, 0, bytesRead, at)
      if (bytesRead < READ_BYTES) return
      // The next begins so that what lies across is seen whole.
      at += bytesRead - Math.min(matcher.longest - 1, bytesRead - 1)
    }
  } finally {
    await file.close()
  }
}
