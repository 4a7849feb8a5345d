// Tells which sources of a session that is to be imported were forgotten, so that they are passed over.
import type { Context } from '@/server/context'
import type { Candidate } from '@/server/services/import/candidates'
import type { SessionGroup, SessionSource } from '@/server/services/import/session-group'
import { readBeginning } from './beginning'
import type { Matcher } from './blank'
import { blankPieces } from './blank-stream'
import { passGate } from './import-gate'
import { loadForgottenStrings } from './keyed-strings'
import { beginningMarks, findMarks, idMark, type Mark, promptMark, sessionMark, threadMark } from './tombstones'

/** For the report of an import. */
export const FORGOTTEN =
  'It was forgotten here and is passed over. To import it all the same, allow it again in the settings, or with `makima forget allow`.'

/** `isKnown`: some of the session is here, so it is none that was forgotten under another name. */
export async function findForgotten(ctx: Context, group: SessionGroup, isKnown: boolean): Promise<Set<SessionSource>> {
  const { agent } = group.format
  const marks = new Map<Mark, readonly SessionSource[]>()
  marks.set(sessionMark(ctx, agent, group.sessionId), group.sources)
  for (const source of group.sources) {
    const { sniffed, candidate } = source
    if (sniffed.thread !== '') marks.set(threadMark(ctx, agent, group.sessionId, sniffed.thread), [source])
    else if (!isKnown) for (const id of sniffed.userIds) marks.set(promptMark(ctx, agent, id), group.sources)
    if (sniffed.sessionId !== null) continue
    for (const mark of await beginningOf(ctx, candidate)) marks.set(mark, [source])
  }
  const found = await findMarks(ctx, [...marks.keys()])
  return new Set([...found].flatMap((mark) => marks.get(mark) ?? []))
}

/** The same candidates, without the strings that were forgotten. Nothing is looked through when there are none. */
export async function withoutStrings(ctx: Context, sources: readonly SessionSource[]): Promise<SessionSource[]> {
  await passGate(ctx)
  const matchers = await loadForgottenStrings(ctx)
  if (matchers.length === 0) return [...sources]
  return sources.map((source) => ({ ...source, candidate: blankCandidate(source.candidate, matchers) }))
}

export function blankCandidate(candidate: Candidate, matchers: readonly Matcher[]): Candidate {
  const open = (from: number) =>
    matchers.reduce<AsyncIterable<Buffer>>((pieces, matcher) => blankPieces(pieces, matcher), candidate.open(from))
  return { ...candidate, open }
}

/** Of a transcript that is only kept. */
export async function isForgottenUnread(ctx: Context, candidate: Candidate, sessionId: string): Promise<boolean> {
  const named = sessionId === candidate.path ? [] : [sessionMark(ctx, 'unknown', sessionId)]
  return (await findMarks(ctx, [...named, ...(await beginningOf(ctx, candidate))])).size > 0
}

/** Of a contract's file: itself, a task of it, or a session that one of its tasks is. */
export async function isForgottenContract(
  ctx: Context,
  contractId: string,
  taskIds: readonly string[],
  sessions: readonly { agent: string; sessionId: string }[],
): Promise<boolean> {
  const marks = [
    idMark(ctx, 'contract', contractId),
    ...taskIds.map((id) => idMark(ctx, 'task', id)),
    ...sessions.map(({ agent, sessionId }) => sessionMark(ctx, agent, sessionId)),
  ]
  return (await findMarks(ctx, marks)).size > 0
}

async function beginningOf(ctx: Context, candidate: Candidate): Promise<Mark[]> {
  return beginningMarks(ctx, await readBeginning(candidate.open(0)))
}
