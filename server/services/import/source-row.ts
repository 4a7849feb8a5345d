// Writes the row of a source once its bytes are stored.
import { executePrepared } from '@/db/prepared'
import { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { SessionFacts } from '@/server/transcripts/types'
import type { FedSource } from './session-feed'
import type { SessionGroup, SourceTask } from './session-group'

export async function writeSource(
  ctx: Context,
  group: SessionGroup,
  task: SourceTask,
  fed: FedSource,
  prefixOf: string | null,
  taskId: string | null,
  facts: SessionFacts,
): Promise<void> {
  const { candidate, sniffed } = task.source
  const state = {
    identity: candidate.identity,
    nativeSessionId: group.sessionId,
    nativeThread: sniffed.thread,
    taskId,
    formatVersion: facts.version,
    bytes: fed.bytes,
    parsedTo: fed.parsedTo,
    contentHash: fed.contentHash,
    prefixOf,
    report: fed.report,
    modifiedAt: candidate.modifiedAt,
  }
  const row = ctx.db
    .insert(transcriptSources)
    .values({
      id: task.sourceId,
      ownerId: ctx.actor.ownerId,
      agent: group.format.agent,
      kind: candidate.kind,
      path: candidate.path,
      replaces: task.outcome === 'rewritten' ? (task.row?.id ?? null) : null,
      createdAt: ctx.now(),
      ...state,
    })
    .onConflictDoUpdate({ target: transcriptSources.id, set: state })
  await executePrepared(ctx.db, row.getSQL())
}
