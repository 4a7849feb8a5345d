// Writes a contract as one file, in one look at the database, so that what is written fits together.
import { PassThrough, Readable } from 'node:stream'
import { and, eq, inArray } from 'drizzle-orm'
import { ZipFile } from 'yazl'
import { contracts, taskCheckpoints } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { type HeldRef, listRefsOf, streamPack } from '@/server/git/store-file'
import { logger } from '@/server/log'
import { openStoreOf } from '@/server/services/held-store'
import { readStoredBlocks } from '@/server/services/import/stored-bytes'
import { collectParts, type Parts, readRows } from './collect'
import {
  CHUNKS_NAME,
  FORMAT,
  type Head,
  HEAD_NAME,
  packName,
  rowsName,
  TABLES,
  transcriptName,
  VERSION,
} from './format'

export type ContractFile = { name: string; stream: Readable }

/** The file as it is made; it breaks off when something fails on the way, and then no Makima takes it. @throws AppError `not_found`. */
export async function openContractFile(ctx: Context, input: { id: string }): Promise<ContractFile> {
  const [contract] = await ctx.db
    .select({ id: contracts.id, name: contracts.name })
    .from(contracts)
    .where(and(eq(contracts.id, input.id), eq(contracts.ownerId, ctx.actor.ownerId)))
  if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
  const stream = new PassThrough()
  void ctx.db
    .transaction((tx) => writeZip({ ...ctx, db: tx }, contract, stream), {
      isolationLevel: 'repeatable read',
      accessMode: 'read only',
    })
    .catch((error: unknown) => {
      if (!stream.destroyed)
        logger.error({ err: error, contractId: contract.id }, 'a contract could not be written out')
      stream.destroy(error instanceof Error ? error : new Error(String(error)))
    })
  const name = `${
    contract.name
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 60) || 'contract'
  }.makima`
  return { name, stream }
}

async function writeZip(ctx: Context, contract: Head['contract'], out: PassThrough): Promise<void> {
  const parts = await collectParts(ctx, contract.id)
  const zip = new ZipFile()
  zip.outputStream.pipe(out)
  const ended = new Promise<void>((resolve, reject) => {
    out.once('close', () => (out.readableEnded ? resolve() : reject(new Error('who asked is gone'))))
    out.once('end', resolve)
    for (const source of [zip as unknown as NodeJS.EventEmitter, zip.outputStream]) source.on('error', reject)
  })
  // Awaited below; a failure before that must not be taken for one that nobody sees.
  ended.catch(() => {})
  const add = (name: string, lines: AsyncIterable<Buffer | string>, compress = true) =>
    zip.addReadStream(Readable.from(lines, { objectMode: false }), name, { compress })

  const repositories = await Promise.all(parts.repositories.map((id) => holdRepository(ctx, id, parts)))
  const head: Head = {
    format: FORMAT,
    version: VERSION,
    writtenAt: ctx.now().toISOString(),
    contract,
    repositories: repositories.map(({ id, pack, refs, missing }) => ({ id, hasPack: pack !== null, refs, missing })),
  }
  zip.addBuffer(Buffer.from(`${JSON.stringify(head, null, 1)}\n`), HEAD_NAME)
  for (const table of TABLES) add(rowsName(table.name), toLines(readRows(ctx, table, parts)))
  add(CHUNKS_NAME, toLines(readPieces(ctx, parts)))
  for (const id of parts.sources) add(transcriptName(id), readBytes(ctx, id))
  for (const { id, pack } of repositories) if (pack) zip.addReadStream(pack, packName(id), { compress: false })
  zip.end()
  try {
    await ended
  } finally {
    // Who went away in the middle leaves packs that nobody reads any more, each with a git that waits.
    for (const { pack } of repositories) pack?.destroy()
  }
}

async function* toLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`
}

async function* readPieces(ctx: Context, parts: Parts) {
  for (const sourceId of parts.sources) {
    for await (const { offset, bytes } of readStoredBlocks(ctx.db, sourceId, 0, Number.MAX_SAFE_INTEGER)) {
      yield { sourceId, start: offset, size: bytes.length }
    }
  }
}

async function* readBytes(ctx: Context, sourceId: string): AsyncGenerator<Buffer> {
  for await (const { bytes } of readStoredBlocks(ctx.db, sourceId, 0, Number.MAX_SAFE_INTEGER)) yield bytes
}

type HeldRepository = { id: string; pack: Readable | null; refs: HeldRef[]; missing: string[] }

/** What the contract needs of a repository: its checkpoints, its snapshots, and what each checkpoint is compared with. */
async function holdRepository(ctx: Context, id: string, parts: Parts): Promise<HeldRepository> {
  try {
    const store = await openStoreOf(ctx, id)
    const checkpoints = await ctx.db
      .select({ base: taskCheckpoints.baseHead })
      .from(taskCheckpoints)
      .where(and(eq(taskCheckpoints.repositoryId, id), inArray(taskCheckpoints.taskId, parts.tasks)))
    const held = await listRefsOf(store, new Set([...parts.tasks, ...parts.operations]))
    const bases = [...new Set(checkpoints.flatMap(({ base }) => base ?? []))]
    const refs = [...held, ...bases.map((sha) => ({ ref: `refs/makima/bases/${sha}`, sha }))]
    const packed = await streamPack(
      store,
      refs.map(({ sha }) => sha),
    )
    const missing = packed?.missing ?? refs.map(({ sha }) => sha)
    const gone = new Set(missing)
    return { id, pack: packed?.stream ?? null, refs: refs.filter(({ sha }) => !gone.has(sha)), missing }
  } catch (error) {
    // The talk is worth having without the code; the head says what is not in it.
    if (!isAppError(error)) throw error
    logger.warn({ err: error, repositoryId: id }, 'a contract is written out without its code')
    return { id, pack: null, refs: [], missing: [] }
  }
}
