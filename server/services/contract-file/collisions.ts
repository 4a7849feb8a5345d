// Refuses a file whose parts are here already as parts of something else: rows of the file must never come into a contract,
// a conversation or a transcript that it did not bring.
import { eq, inArray, or, sql } from 'drizzle-orm'
import { nativeSessions } from '@/db/run-tables'
import { transcriptSources } from '@/db/talk-tables'
import { contracts, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { rowsName } from './format'
import type { OpenFile } from './open-zip'
import type { Known } from './take-rows'

const IDS_A_QUESTION = 5_000
/** Those that only this file can have brought. A repository is known by its identity, a transcript by its bytes. */
const OWN = [
  'contracts',
  'tasks',
  'segments',
  'conversation_snapshots',
  'task_checkpoints',
  'operations',
  'shelf_items',
  'runs',
]

/** @throws AppError `conflict` that names no content, as it may be somebody's guess. */
export async function refuseCollisions(ctx: Context, known: Known): Promise<void> {
  for (const table of OWN) {
    for await (const ids of batches(known.get(table) ?? new Set())) {
      const [hit] = await ctx.db.execute(
        sql`select 1 from ${sql.identifier(table)} where id = any(${sql.param(ids)}::uuid[]) limit 1`,
      )
      if (hit) {
        throw new AppError(
          'conflict',
          'The file brings parts of a contract that is here already, as parts of another one. Nothing was taken; ask for the file anew.',
        )
      }
    }
  }
}

/**
 * Transcripts of the file that are here byte for byte, as two contracts may share one.
 * @throws AppError `conflict` when one of the same name holds other bytes.
 */
export async function findHeldSources(ctx: Context, file: OpenFile): Promise<Set<string>> {
  const held = new Set<string>()
  for await (const line of file.lines(rowsName('transcript_sources'))) {
    const { id, bytes, agent, content_hash: hash } = line
    const [here] = await ctx.db
      .select({
        bytes: transcriptSources.bytes,
        agent: transcriptSources.agent,
        hash: sql<string | null>`'\\x' || encode(${transcriptSources.contentHash}, 'hex')`,
      })
      .from(transcriptSources)
      .where(eq(transcriptSources.id, String(id)))
    if (!here) continue
    if (here.bytes !== bytes || here.agent !== agent || here.hash === null || here.hash !== hash) {
      throw new AppError(
        'conflict',
        'A transcript of the file is here already with other content. Nothing was taken; ask for the file anew.',
      )
    }
    held.add(String(id))
  }
  return held
}

/** A session that was imported here from the agent's own record would be there twice, and the two would drift apart. */
export async function refuseKnownSessions(ctx: Context, file: OpenFile): Promise<void> {
  const sessions = new Set<string>()
  for (const table of ['tasks', 'native_sessions']) {
    for await (const line of file.lines(rowsName(table))) {
      const { native_session_id: session } = line
      if (typeof session === 'string') sessions.add(session)
    }
  }
  for await (const ids of batches(sessions)) {
    const [found] = await ctx.db
      .select({ task: tasks.name, contract: contracts.name })
      .from(tasks)
      .innerJoin(contracts, eq(contracts.id, tasks.contractId))
      .leftJoin(nativeSessions, eq(nativeSessions.taskId, tasks.id))
      .where(
        sql`${tasks.ownerId} = ${ctx.actor.ownerId} and ${or(inArray(tasks.nativeSessionId, ids), inArray(nativeSessions.nativeSessionId, ids))}`,
      )
      .limit(1)
    if (!found) continue
    throw new AppError(
      'conflict',
      `“${found.task}” of this file is here already, in the contract “${found.contract}”: it was imported from the agent's own record. Nothing was changed.`,
    )
  }
}

async function* batches(ids: Iterable<unknown>): AsyncGenerator<string[]> {
  let waiting: string[] = []
  for (const id of ids) {
    waiting.push(String(id))
    if (waiting.length < IDS_A_QUESTION) continue
    yield waiting
    waiting = []
  }
  if (waiting.length > 0) yield waiting
}
