// Runs an import in a test the way the worker does, on the test's own database.
import { createHash } from 'node:crypto'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { imports } from '@/db/schema'
import { transcriptSources } from '@/db/talk-tables'
import type { TestDatabase } from '@/db/test-database'
import { type Context, createContext } from '@/server/context'
import { readEnv } from '@/server/env'
import { getImport } from '@/server/services/imports'
import type { Agent } from '@/server/transcripts/agents'
import { runImport } from './run'
import { readStoredBlocks } from './stored-bytes'

/** A context with a data folder of its own. */
export async function createTestContext(database: TestDatabase): Promise<Context> {
  const home = await mkdtemp(join(tmpdir(), 'makima-home-'))
  return createContext(database.db, readEnv({ MAKIMA_HOME: home, NODE_ENV: 'test' }), 'worker')
}

/** Imports a path to the end, as any agent's or as that of one, and returns its report. */
export async function importPath(ctx: Context, path: string, agent: Agent | null = null) {
  const id = newId()
  await ctx.db.insert(imports).values({ id, ownerId: ctx.actor.ownerId, path, agent, createdAt: ctx.now() })
  await runImport(ctx, id, new AbortController().signal)
  return getImport(ctx, { id, sourcesLimit: 10_000 })
}

/** SHA-256 of a source as it would be written out again. */
export async function hashSource(ctx: Context, sourceId: string): Promise<string> {
  const [source] = await ctx.db.select().from(transcriptSources).where(eq(transcriptSources.id, sourceId))
  const hash = createHash('sha256')
  const bytes = source?.bytes ?? 0
  for await (const block of readStoredBlocks(ctx.db, source?.prefixOf ?? sourceId, 0, bytes)) {
    hash.update(block.bytes.subarray(0, bytes - block.offset))
  }
  return hash.digest('hex')
}
