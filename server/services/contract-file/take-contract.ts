// Brings a contract in that another Makima wrote to a file: all of it, or nothing.
import { Readable } from 'node:stream'
import { eq } from 'drizzle-orm'
import { contracts, repositories } from '@/db/schema'
import { transcriptChunks } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { openRepository } from '@/server/git/repository'
import { openHeldStore, openStore } from '@/server/git/store'
import { takePack, takeRefs } from '@/server/git/store-file'
import { loadForgottenStrings } from '@/server/services/forget/keyed-strings'
import { refuseBytes, refuseStringsInCode, refuseStringsInRows } from '@/server/services/forget/met-in-file'
import { isForgottenContract } from '@/server/services/forget/met-again'
import { insertRows } from '@/server/services/import/insert-rows'
import { storesFolder } from '@/server/services/operation-subjects'
import { packPiece } from '@/server/services/packed-piece'
import { findHeldSources, refuseCollisions, refuseKnownSessions } from './collisions'
import { refuseEndlessConversations } from './conversations'
import { CHUNKS_NAME, packName, pieceSchema, rowsName, TABLES, transcriptName } from './format'
import { type Grounds, takeGrounds } from './grounds'
import { openContractZip, type OpenFile } from './open-zip'
import { type Known, makeMonths, readKnown, takeRows } from './take-rows'

export type TakenContract = {
  id: string
  name: string
  /** False when it was here already; then nothing was changed. */
  isNew: boolean
  /** Until when the file tells of work that is not here, where it was here already and the file is the newer one. */
  laterUntil: Date | null
  tasks: number
  messages: number
  checkpoints: number
  /** Checkpoints and snapshots whose files did not come. */
  withoutCode: number
}

/** @throws AppError `invalid` for a broken file, `conflict` when a conversation of it is here in another contract. */
export async function takeContract(
  ctx: Context,
  path: string,
  onName: (name: string) => void = () => {},
): Promise<TakenContract> {
  const file = await openContractZip(path)
  try {
    return await takeOpened(ctx, file, onName)
  } catch (error) {
    throw explain(error)
  } finally {
    file.close()
  }
}

async function takeOpened(ctx: Context, file: OpenFile, onName: (name: string) => void): Promise<TakenContract> {
  const { id, name } = file.head.contract
  onName(name)
  const [here] = await ctx.db
    .select({ name: contracts.name, lastActivityAt: contracts.lastActivityAt })
    .from(contracts)
    .where(eq(contracts.id, id))
  if (here) {
    const until = await readLastActivity(file)
    const laterUntil = until !== null && until > here.lastActivityAt ? until : null
    const nothing = { tasks: 0, messages: 0, checkpoints: 0, withoutCode: 0 }
    return { id, name: here.name, isNew: false, laterUntil, ...nothing }
  }
  const known = await readKnown(file)
  await refuseForgotten(ctx, file)
  await refuseStringsInRows(ctx, listRows(file))
  await refuseKnownSessions(ctx, file)
  await refuseCollisions(ctx, known)
  const heldSources = await findHeldSources(ctx, file)
  await makeMonths(ctx, file)
  return await withTransaction(ctx, async (tx) => {
    const grounds = await takeGrounds(tx, file, heldSources)
    const counts = await takeRows(tx, file, known, grounds)
    await takeTranscripts(tx, file, known.get('transcript_sources') ?? new Set(), heldSources)
    await refuseEndlessConversations(tx, known)
    const withoutCode = await takeCode(tx, file, known, grounds)
    const count = (table: string) => counts.get(table) ?? 0
    const [messages, checkpoints] = [count('messages'), count('task_checkpoints')]
    return { id, name, isNew: true, laterUntil: null, tasks: count('tasks'), messages, checkpoints, withoutCode }
  })
}

/** What the database refuses of a row has one cause: the file. */
function explain(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? String(at.code) : ''
    if (code === '23505') {
      return new AppError(
        'conflict',
        'A part of the file is here already as a part of something else. Nothing was taken.',
        {
          cause: error,
        },
      )
    }
    if (/^2[23]...$/.test(code)) {
      return new AppError('invalid', 'The file does not fit together. Nothing was taken; ask for the file anew.', {
        cause: error,
      })
    }
  }
  return error
}

async function readLastActivity(file: OpenFile): Promise<Date | null> {
  for await (const line of file.lines(rowsName('contracts'))) {
    const until = new Date(String(line.last_activity_at))
    return Number.isNaN(until.getTime()) ? null : until
  }
  return null
}

async function* listRows(file: OpenFile): AsyncGenerator {
  for (const { name } of TABLES) yield* file.lines(rowsName(name))
}

async function refuseForgotten(ctx: Context, file: OpenFile): Promise<void> {
  const taskIds: string[] = []
  const sessions: { agent: string; sessionId: string }[] = []
  for await (const line of file.lines(rowsName('tasks'))) {
    const { id, agent, native_session_id: sessionId } = line
    if (typeof id === 'string') taskIds.push(id)
    if (typeof agent === 'string' && typeof sessionId === 'string') sessions.push({ agent, sessionId })
  }
  if (!(await isForgottenContract(ctx, file.head.contract.id, taskIds, sessions))) return
  const sentence =
    'This contract, or a conversation in it, was forgotten here. Nothing was imported. To import it all the same, allow it again in the settings, or with `makima forget allow`.'
  throw new AppError('conflict', sentence)
}

/** The bytes of transcripts, cut as they were. */
async function takeTranscripts(
  ctx: Context,
  file: OpenFile,
  sources: ReadonlySet<unknown>,
  held: ReadonlySet<string>,
): Promise<void> {
  const forgotten = await loadForgottenStrings(ctx)
  let sourceId = ''
  let read: (size: number) => Promise<Buffer> = readerOf(Readable.from([]))
  for await (const line of file.lines(CHUNKS_NAME)) {
    const { success, data } = pieceSchema.safeParse(line)
    if (!success || !sources.has(data.sourceId)) {
      throw new AppError('invalid', 'The file tells of a transcript that is not in it. Write it anew.')
    }
    if (held.has(data.sourceId)) continue
    if (data.sourceId !== sourceId) {
      sourceId = data.sourceId
      read = readerOf((await file.bytes(transcriptName(sourceId))) ?? Readable.from([]))
    }
    const bytes = await read(data.size)
    refuseBytes(forgotten, bytes)
    const piece = packPiece(bytes)
    const row = { sourceId: data.sourceId, startOffset: data.start, size: data.size, ...piece }
    await insertRows(ctx.db, [row], (rows) => ctx.db.insert(transcriptChunks).values(rows))
  }
}

/** Reads a stream in stretches of given sizes. */
function readerOf(stream: Readable): (size: number) => Promise<Buffer> {
  const parts = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let rest: Buffer = Buffer.alloc(0)
  return async (size) => {
    const found = [rest]
    for (let length = rest.length; length < size; ) {
      const { value, done } = await parts.next()
      if (done) throw new AppError('invalid', 'A transcript in the file is shorter than it should be. Write it anew.')
      found.push(value)
      length += value.length
    }
    const whole = Buffer.concat(found)
    rest = whole.subarray(size)
    return whole.subarray(0, size)
  }
}

/** Files of checkpoints and snapshots; answers with how many did not come. */
async function takeCode(ctx: Context, file: OpenFile, known: Known, grounds: Grounds): Promise<number> {
  let missing = 0
  for (const { id, hasPack, refs, missing: gone } of file.head.repositories) {
    missing += gone.length
    const repositoryId = grounds.repositories.get(id)
    const pack = hasPack ? await file.bytes(packName(id)) : null
    if (!pack || !repositoryId) {
      missing += refs.length
      continue
    }
    const [row] = await ctx.db.select().from(repositories).where(eq(repositories.id, repositoryId))
    const repository = row ? await openRepository(row.path).catch(() => null) : null
    const stores = storesFolder(ctx)
    const store = repository
      ? await openStore(stores, repositoryId, repository)
      : await openHeldStore(stores, repositoryId, row?.objectFormat === 'sha256' ? 'sha256' : 'sha1')
    if (!refs.every((each) => isOfFile(each, known))) {
      throw new AppError('invalid', 'The file names checkpoints of another contract. Write it anew.')
    }
    await takePack(store, pack)
    const shas = refs.map(({ sha }) => sha)
    await refuseStringsInCode(ctx, store, shas)
    missing += await takeRefs(store, refs)
  }
  return missing
}

/** Names of other tasks and operations are never written over: each is of one of the shapes that an export makes. */
function isOfFile({ ref, sha }: { ref: string; sha: string }, known: Known): boolean {
  if (ref === `refs/makima/bases/${sha}`) return true
  const [, kind, id] = /^refs\/(checkpoints|snapshots)\/([0-9a-f-]{36})(?:\/\d{1,9}|-\d{1,9})?$/.exec(ref) ?? []
  return known.get(kind === 'checkpoints' ? 'tasks' : 'operations')?.has(id) === true
}
