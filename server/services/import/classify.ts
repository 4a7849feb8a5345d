// Tells new, grown, rewritten and unchanged sources apart, by content.
import { createHash } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import type { Candidate } from './candidates'
import type { PrefixHashes } from './prefix-hashes'
import type { SessionGroup, SessionSource, SourceRow, SourceTask } from './session-group'

const MAIN = ''

/** The rows of the group's sources, by path. */
export async function findSources(ctx: Context, group: SessionGroup): Promise<Map<string, SourceRow>> {
  const paths = group.sources.map((source) => source.candidate.path)
  const kind = group.sources[0]?.candidate.kind ?? 'file'
  const rows = await ctx.db
    .select()
    .from(transcriptSources)
    .where(
      and(
        eq(transcriptSources.ownerId, ctx.actor.ownerId),
        eq(transcriptSources.kind, kind),
        inArray(transcriptSources.path, paths),
        isNull(transcriptSources.replacedAt),
      ),
    )
  return new Map(rows.map((row) => [row.path, row]))
}

/** Main threads before subagents; the earliest beginning first, of equal ones the longest: the others are mostly its beginnings. */
export function inFeedingOrder(sources: SessionSource[]): SessionSource[] {
  return sources.toSorted(
    (a, b) =>
      Number(a.sniffed.thread !== MAIN) - Number(b.sniffed.thread !== MAIN) ||
      (a.sniffed.firstAt ?? '').localeCompare(b.sniffed.firstAt ?? '') ||
      b.candidate.bytes - a.candidate.bytes,
  )
}

/** What is to be done with a source; null when its content is in the database already. */
export async function classify(ctx: Context, source: SessionSource, row: SourceRow | null): Promise<SourceTask | null> {
  const { candidate } = source
  if (!row?.report) return { source, sourceId: row?.id ?? newId(), outcome: 'new', row, continued: false }
  if (row.identity === candidate.identity && (candidate.assembled || row.bytes === candidate.bytes)) return null
  const begins =
    candidate.bytes >= row.bytes && (await hashBeginning(candidate, row.bytes)) === row.contentHash?.toString('hex')
  if (begins && candidate.bytes === row.bytes) {
    await ctx.db.update(transcriptSources).set({ identity: candidate.identity }).where(eq(transcriptSources.id, row.id))
    return null
  }
  // A document has no tail: it was written anew, whatever its first bytes are.
  const grew = begins && source.sniffed.layout === 'lines'
  // A source that was only the beginning of another has no bytes of its own to go on from.
  if (grew) return { source, sourceId: row.id, outcome: 'grown', row, continued: row.prefixOf === null }
  await ctx.db.update(transcriptSources).set({ replacedAt: ctx.now() }).where(eq(transcriptSources.id, row.id))
  return { source, sourceId: newId(), outcome: 'rewritten', row, continued: false }
}

async function hashBeginning(candidate: Candidate, length: number): Promise<string> {
  const hash = createHash('sha256')
  let left = length
  for await (const piece of candidate.open(0)) {
    hash.update(piece.subarray(0, Math.min(left, piece.length)))
    left -= piece.length
    if (left <= 0) break
  }
  return hash.digest('hex')
}

/** Takes the first `length` bytes of a source into the hashes, to go on from there. */
export async function hashInto(hashes: PrefixHashes, candidate: Candidate, length: number): Promise<void> {
  let left = length
  for await (const piece of candidate.open(0)) {
    hashes.update(piece.subarray(0, Math.min(left, piece.length)))
    left -= piece.length
    if (left <= 0) break
  }
}
