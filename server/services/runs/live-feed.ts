// Follows what agents write in one task, for a page: first what is there, then piece by piece, nothing missing or doubled.
import { and, eq, inArray } from 'drizzle-orm'
import { z } from 'zod'
import { runs } from '@/db/run-tables'
import type { Context } from '@/server/context'
import { idInput } from '@/server/services/inputs'
import type { LiveNote } from './live-text'
import { type LiveText, type LiveView, OPEN_STATES } from './run-views'

export const liveInput = z.object({ taskId: idInput })

/** `notes` are heard from before the first look on, so nothing falls between the two. */
export async function* followLive(
  ctx: Context,
  { taskId }: z.infer<typeof liveInput>,
  notes: AsyncIterable<LiveNote>,
): AsyncGenerator<LiveView> {
  let shown = await readSnapshot(ctx, taskId)
  yield { type: 'whole', ...shown }
  for await (const note of notes) {
    if (note.taskId !== taskId) continue
    if (note.kind === 'state') yield { type: 'state' }
    // Heard before the look that brought what is shown.
    else if (note.runId === shown.runId && note.block < shown.number) continue
    else if (note.kind === 'recorded') {
      if (note.runId === shown.runId && note.block === shown.number) {
        yield { type: 'recorded', text: shown.text, thinking: shown.thinking }
        continue
      }
      const { text, thinking } = shown.runId === note.runId ? shown : NOTHING
      shown = {
        runId: note.runId,
        number: note.block,
        text: text.slice(text.length - Math.min(note.keep.text, text.length)),
        thinking: thinking.slice(thinking.length - Math.min(note.keep.thinking, thinking.length)),
      }
      yield { type: 'recorded', text: shown.text, thinking: shown.thinking }
    } else {
      const isSame = note.runId === shown.runId && note.block === shown.number
      const known = isSame ? shown[note.kind].length : 0
      if (isSame && note.from < known) continue
      if (note.from > known) {
        // A piece went by unheard: the row has the whole, at most half a second late.
        shown = await readSnapshot(ctx, taskId)
        yield { type: 'whole', ...shown }
        continue
      }
      if (!isSame) shown = { runId: note.runId, number: note.block, text: '', thinking: '' }
      shown = { ...shown, [note.kind]: shown[note.kind] + note.text }
      yield { type: 'piece', kind: note.kind, text: note.text, from: note.from }
    }
  }
}

const NOTHING = { text: '', thinking: '' }

type Shown = LiveText & { runId: string | null }

async function readSnapshot(ctx: Context, taskId: string): Promise<Shown> {
  const [row] = await ctx.db
    .select({ runId: runs.id, live: runs.live })
    .from(runs)
    .where(and(eq(runs.ownerId, ctx.actor.ownerId), eq(runs.taskId, taskId), inArray(runs.state, [...OPEN_STATES])))
    .limit(1)
  const live = row?.live as LiveText | null | undefined
  return { runId: row?.runId ?? null, ...(live ?? { number: 0, text: '', thinking: '' }) }
}
