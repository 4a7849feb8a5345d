// Keeps a transcript whose format is not read yet: its bytes are safe here even when the place it came from is cleaned up.
import { and, eq, isNull } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { transcriptSources } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { passGate } from '@/server/services/forget/import-gate'
import { loadForgottenStrings } from '@/server/services/forget/keyed-strings'
import { blankCandidate, isForgottenUnread } from '@/server/services/forget/met-again'
import { createBlockSplitter } from '@/server/transcripts/json-values'
import type { Block, SourceReport } from '@/server/transcripts/types'
import type { Candidate } from './candidates'
import { PrefixHashes } from './prefix-hashes'
import { writeChunks } from './rows'

const NOTHING: SourceReport = {
  records: 0,
  messages: 0,
  prompts: 0,
  assistantMessages: 0,
  toolCalls: 0,
  toolResults: 0,
  toolErrors: 0,
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  firstAt: null,
  lastAt: null,
  unknown: 0,
  unknownTypes: {},
  healed: 0,
  bad: 0,
  problems: [],
}

/** False when it was forgotten: then nothing is kept. */
export async function keepUnread(ctx: Context, candidate: Candidate, sessionId: string): Promise<boolean> {
  if (await isForgottenUnread(ctx, candidate, sessionId)) return false
  await withTransaction(ctx, async (inside) => {
    const [known] = await inside.db
      .select()
      .from(transcriptSources)
      .where(
        and(
          eq(transcriptSources.ownerId, ctx.actor.ownerId),
          eq(transcriptSources.kind, candidate.kind),
          eq(transcriptSources.path, candidate.path),
          isNull(transcriptSources.replacedAt),
        ),
      )
    if (known?.identity === candidate.identity) return
    if (known)
      await inside.db.update(transcriptSources).set({ replacedAt: ctx.now() }).where(eq(transcriptSources.id, known.id))
    const id = newId()
    const splitter = createBlockSplitter()
    const hashes = new PrefixHashes([])
    let bytes = 0
    const store = (blocks: Block[]) =>
      writeChunks(
        inside.db,
        blocks.map((block) => ({ sourceId: id, block })),
      )
    await passGate(inside)
    const source = blankCandidate(candidate, await loadForgottenStrings(inside))
    for await (const piece of source.open(0)) {
      bytes += piece.length
      hashes.update(piece)
      await store(splitter.push(piece))
    }
    await store(splitter.end())
    await inside.db.insert(transcriptSources).values({
      id,
      ownerId: ctx.actor.ownerId,
      agent: 'unknown',
      kind: candidate.kind,
      path: candidate.path,
      identity: candidate.identity,
      nativeSessionId: sessionId,
      bytes,
      parsedTo: bytes,
      contentHash: hashes.end().contentHash,
      replaces: known?.id ?? null,
      report: NOTHING,
    })
  })
  return true
}
