// What agents outside of Makima tell of their work, by their hooks, and who wants it followed: handed on to a worker.
import { isAbsolute } from 'node:path'
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { AGENTS } from '@/server/transcripts/agents'

export const captureInput = z.object({
  /** The transcript, which may not be there yet. */
  path: z.string().trim().min(1, 'Give the path of the transcript.').max(4_096),
  agent: z.enum(AGENTS).nullish(),
  sessionId: z.string().max(200).nullish(),
  /** `began`: a turn goes on from here, and is followed. `ended`: it is at its end, and the files are worth keeping. */
  state: z.enum(['began', 'working', 'ended']).default('working'),
})
export type Capture = z.output<typeof captureInput>

/** How long the usual places are followed for who asked, in milliseconds. */
export const WATCH_MS = 90_000

/** Has what was recorded brought in soon. @throws AppError `invalid` for a path that is not absolute. */
export async function requestCapture(ctx: Context, input: Capture): Promise<{ accepted: true }> {
  if (!isAbsolute(input.path) || input.path.includes('\0')) {
    throw new AppError('invalid', 'The path is not absolute. Give the whole path of the transcript.')
  }
  await addJob(ctx, 'capture', input, `capture:${input.state}:${input.path}`)
  return { accepted: true }
}

/** Has the usual places followed for a while; who wants more asks again before that is over. */
export async function requestWatch(ctx: Context): Promise<{ accepted: true; seconds: number }> {
  await addJob(ctx, 'watch-places', {}, 'watch-places')
  return { accepted: true, seconds: WATCH_MS / 1_000 }
}

async function addJob(ctx: Context, name: string, payload: object, key: string): Promise<void> {
  await ctx.db.execute(sql`
    select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::text::json, job_key => ${key}, max_attempts => 3)`)
}
