// Asking for imports and looking at them. The work itself is in import/run.ts and belongs to the worker.
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { and, asc, desc, eq, sql } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { imports } from '@/db/schema'
import { importSources, transcriptSources } from '@/db/talk-tables'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { AGENTS } from '@/server/transcripts/agents'
import type { SourceReport } from '@/server/transcripts/types'
import { showPath } from './uploads'
import type { ImportProgress, ImportView, SourceView } from './views'

export const requestImportInput = z.object({
  /** A transcript, a folder of them or a git repository. Without it the agents' usual places are looked through. */
  path: z.string().trim().min(1).max(4096).optional(),
  /** Whose transcripts are wanted: what another agent wrote is passed over and told. Without it those of all agents. */
  agent: z.enum(AGENTS).optional(),
})

export const getImportInput = z.object({
  id: z.uuid(),
  sourcesFrom: z.coerce.number().int().min(0).default(0),
  sourcesLimit: z.coerce.number().int().min(0).max(10_000).default(1_000),
})

/** Queues an import. A path that cannot be read is refused at once, so that nobody waits for a job that must fail. */
export async function requestImport(
  ctx: Context,
  input: z.input<typeof requestImportInput>,
): Promise<{ importId: string }> {
  const { path, agent } = requestImportInput.parse(input)
  if (path !== undefined) await checkReadable(path)
  const id = newId()
  return withTransaction(ctx, async (inside) => {
    await inside.db.insert(imports).values({
      id,
      ownerId: ctx.actor.ownerId,
      path: path === undefined ? null : resolve(path),
      agent: agent ?? null,
      createdAt: ctx.now(),
    })
    // One import at a time: two would read the same session twice and wait for each other's rows.
    await inside.db.execute(
      sql`select graphile_worker.add_job('import', ${JSON.stringify({ importId: id })}::text::json, queue_name => 'import', job_key => ${`import:${id}`}, max_attempts => 10)`,
    )
    return { importId: id }
  })
}

async function checkReadable(path: string): Promise<void> {
  if (path.includes('\0'))
    throw new AppError('invalid', 'The path holds a NUL character. Give the path of a file or folder.')
  if (!isAbsolute(path)) {
    throw new AppError(
      'invalid',
      `"${path}" is not an absolute path. Give the whole path, beginning with "/" (or a drive on Windows).`,
    )
  }
  try {
    const found = await stat(path)
    if (!found.isFile() && !found.isDirectory()) {
      throw new AppError(
        'invalid',
        `${path} is neither a file nor a folder. Give a transcript, a folder of transcripts or a git repository.`,
      )
    }
    await access(path, found.isDirectory() ? constants.R_OK | constants.X_OK : constants.R_OK)
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new AppError('invalid', `There is no file or folder at ${path}. Check the path.`, { cause })
    throw new AppError(
      'invalid',
      `${path} cannot be read (${code ?? 'unknown error'}). Give the account that runs Makima leave to read it.`,
      { cause },
    )
  }
}

/** An import with its progress and a page of its sources, in the order in which they were read. */
export async function getImport(ctx: Context, input: z.input<typeof getImportInput>): Promise<ImportView> {
  const { id, sourcesFrom, sourcesLimit } = getImportInput.parse(input)
  const [row] = await ctx.db
    .select()
    .from(imports)
    .where(and(eq(imports.id, id), eq(imports.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', `There is no import ${id}. GET /api/v1/sources lists what was imported.`)
  const sources = await ctx.db
    .select({ entry: importSources, source: transcriptSources })
    .from(importSources)
    .leftJoin(transcriptSources, eq(transcriptSources.id, importSources.sourceId))
    .where(eq(importSources.importId, id))
    .orderBy(asc(importSources.number))
    .offset(sourcesFrom)
    .limit(sourcesLimit)
  return {
    ...toView(ctx, row),
    sources: sources.map(({ entry, source }) =>
      toSourceView(showPath(ctx, entry.path), source, entry.outcome, entry.skipped),
    ),
  }
}

/** The newest imports, without their sources. */
export async function listImports(ctx: Context): Promise<ImportView[]> {
  const rows = await ctx.db
    .select()
    .from(imports)
    .where(eq(imports.ownerId, ctx.actor.ownerId))
    .orderBy(desc(imports.createdAt), desc(imports.id))
    .limit(20)
  return rows.map((row) => toView(ctx, row))
}

const EMPTY: ImportProgress = {
  phase: 'waiting',
  sourcesTotal: 0,
  sourcesDone: 0,
  bytesTotal: 0,
  bytesDone: 0,
  records: 0,
  messages: 0,
  bytesPerSecond: 0,
  current: null,
}

function toView(ctx: Context, row: typeof imports.$inferSelect): ImportView {
  const progress = { ...EMPTY, ...(row.progress as Partial<ImportProgress>) }
  return {
    id: row.id,
    path: showPath(ctx, row.path),
    state: row.state as ImportView['state'],
    progress: { ...progress, current: showPath(ctx, progress.current) },
    sources: [],
    totals: row.totals as ImportView['totals'],
    checkpoints: row.checkpoints,
    notes: row.notes as string[],
    error: row.error,
    createdAt: row.createdAt,
    finishedAt: row.finishedAt,
  }
}

/** A source as the report and the list of sources show it; one that was passed over has no id and counts nothing. */
export function toSourceView(
  path: string,
  source: typeof transcriptSources.$inferSelect | null,
  outcome: string | null,
  skipped: string | null,
): SourceView {
  const report = (source?.report ?? null) as SourceReport | null
  return {
    id: source?.id ?? null,
    path,
    agent: source?.agent ?? null,
    sessionId: source?.nativeSessionId ?? null,
    taskId: source?.taskId ?? null,
    bytes: source?.bytes ?? 0,
    records: report?.records ?? 0,
    messages: report?.messages ?? 0,
    prompts: report?.prompts ?? 0,
    assistantMessages: report?.assistantMessages ?? 0,
    toolCalls: report?.toolCalls ?? 0,
    toolResults: report?.toolResults ?? 0,
    toolErrors: report?.toolErrors ?? 0,
    tokens: report?.tokens ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    firstAt: toDate(report?.firstAt),
    lastAt: toDate(report?.lastAt),
    unknown: report?.unknown ?? 0,
    healed: report?.healed ?? 0,
    bad: report?.bad ?? 0,
    blanked: source?.blanked ?? 0,
    problems: report?.problems ?? [],
    outcome,
    ...(skipped !== null && { skipped }),
  }
}

const toDate = (at: number | null | undefined) => (at === null || at === undefined ? null : new Date(at))
