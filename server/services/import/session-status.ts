// Whether the talk of a session came to rest, as its last rows tell: a turn that never ended was interrupted.
import { and, between, desc, eq } from 'drizzle-orm'
import { messages } from '@/db/talk-tables'
import type { Context } from '@/server/context'

export type RestStatus = 'completed' | 'interrupted' | 'running'

/** Lines beside the talk may follow its last word. */
const ROWS_LOOKED_AT = 30
/** A model may think and a command may run so long without a record. */
export const SILENT_MINUTES = 10

/**
 * `completed` when the last word was the model's, or a person broke the turn off. A turn still open is `running` while the
 * session is young, and `interrupted` afterwards. `lastAt` is milliseconds since 1970.
 */
export async function findStatus(
  ctx: Context,
  head: { segmentId: string; seq: number },
  lastAt: number | null,
): Promise<RestStatus> {
  const rows = await ctx.db
    .select({ kind: messages.kind, subtype: messages.subtype })
    .from(messages)
    .where(and(eq(messages.segmentId, head.segmentId), between(messages.seq, head.seq - ROWS_LOOKED_AT, head.seq)))
    .orderBy(desc(messages.seq))
    .limit(ROWS_LOOKED_AT)
  for (const { kind, subtype } of rows) {
    if (subtype === 'interrupt') return 'completed'
    if (kind === 'text' || kind === 'summary' || kind === 'command') return 'completed'
    if (kind === 'notice' || kind === 'unknown') continue
    const isYoung = lastAt !== null && ctx.now().getTime() - lastAt < SILENT_MINUTES * 60_000
    return isYoung ? 'running' : 'interrupted'
  }
  return 'completed'
}
