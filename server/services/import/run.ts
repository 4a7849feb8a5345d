// Runs one import from its row to its report. Belongs to the worker; the pages only look at the row.
import { realpath, stat } from 'node:fs/promises'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import { imports } from '@/db/schema'
import { importSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { openRepository } from '@/server/git/repository'
import type { Repository } from '@/server/git/types'
import { logger } from '@/server/log'
import { asAgent } from '@/server/transcripts/agents'
import { recordEvents } from '@/server/services/history'
import { removeUpload } from '@/server/services/uploads'
import { type Skipped, findInFile, findTranscripts, usualPlaces } from './candidates'
import { findCheckpointTrees } from './entire-repository'
import { importContract, isContractFile } from './import-contract'
import { importEntire } from './import-entire'
import { importFiles } from './import-files'
import { type Run, isConnectionError, isOutOfRoom } from './import-group'
import { ImportReport } from './import-report'
import { ProgressReporter } from './progress'
import { SessionPlaces } from './session-places'

const NO_ROOM =
  'The disk of the database is full. Free some space and import the path again; what was read before is kept.'
const FAULT =
  'The import stopped on a fault of Makima; the log has the details. Nothing that was read is lost: import the path again.'

/** Does the import and writes its report. What one source does wrong is told in the report and stops no other. */
export async function runImport(ctx: Context, importId: string, signal: AbortSignal): Promise<void> {
  const [row] = await ctx.db.select().from(imports).where(eq(imports.id, importId))
  if (!row || row.state === 'done' || row.state === 'failed') return
  await ctx.db
    .update(imports)
    .set({ state: 'running', startedAt: row.startedAt ?? ctx.now() })
    .where(eq(imports.id, importId))
  await ctx.db.delete(importSources).where(eq(importSources.importId, importId))
  const agent = asAgent(row.agent)
  const run: Run = {
    ctx,
    importId,
    agent,
    signal,
    progress: new ProgressReporter(ctx, importId),
    places: new SessionPlaces(ctx),
    report: new ImportReport(ctx, importId),
  }
  try {
    const roots = row.path === null ? usualPlaces(agent) : [row.path]
    for (const root of roots) await importRoot(run, root, row.path !== null)
    await finish(run)
    await forgetUpload(ctx, row.path)
  } catch (error) {
    if (signal.aborted || isConnectionError(error)) throw error
    logger.error({ err: error, importId }, 'import failed')
    const sentence = isAppError(error) ? error.message : isOutOfRoom(error) ? NO_ROOM : FAULT
    await run.progress.settle({ phase: 'done', current: null })
    await failImport(ctx, importId, sentence)
  }
}

/** Ends an import that has not ended, with a sentence for people. */
export async function failImport(ctx: Context, importId: string, sentence: string): Promise<void> {
  const [row] = await ctx.db
    .update(imports)
    .set({ state: 'failed', error: sentence, finishedAt: ctx.now() })
    .where(and(eq(imports.id, importId), notInArray(imports.state, ['done', 'failed'])))
    .returning({ path: imports.path })
  if (row) await forgetUpload(ctx, row.path)
}

/** What was sent for an import is in the database now, or of no use. That it cannot be removed makes no import fail. */
async function forgetUpload(ctx: Context, path: string | null): Promise<void> {
  if (path === null) return
  await removeUpload(ctx, path).catch((error: unknown) => {
    logger.warn({ err: error, path }, 'a file that was sent could not be removed')
  })
}

async function importRoot(run: Run, root: string, wasAskedFor: boolean): Promise<void> {
  const found = await stat(root).catch(() => null)
  if (!found) {
    if (wasAskedFor)
      throw new AppError('invalid', `There is no file or folder at ${root} any more. Check the path and import again.`)
    return
  }
  const skipped: Skipped[] = []
  if (found.isDirectory()) {
    const repository = await findRepository(root)
    const trees = repository ? await findCheckpointTrees(repository) : []
    if (repository && trees.length > 0) return importEntire(run, repository, trees)
    const candidates = await findTranscripts(root, skipped)
    if (repository && candidates.length === 0) {
      run.report.note(
        `${root} is a git repository without agent transcripts: it has no branch entire/checkpoints/v1. To use checkpoints and rewind in it all the same, create a contract on it.`,
      )
    }
    await importFiles(run, candidates, skipped)
  } else if (isContractFile(root)) {
    await importContract(run, root)
  } else {
    await importFiles(run, await findInFile(root, skipped), skipped)
  }
}

/** The repository whose top this folder is; a folder inside of a repository is only a folder. */
async function findRepository(root: string): Promise<Repository | null> {
  const repository = await openRepository(root).catch(() => null)
  if (!repository) return null
  const real = await realpath(root)
  return repository.bare || repository.topLevel === real ? repository : null
}

async function finish(run: Run): Promise<void> {
  const { ctx, report, progress } = run
  await progress.settle({ phase: 'finishing', current: null })
  // The planner knows nothing of rows that have just come; without this the first pages would be slow.
  if (report.totals.messages > 0)
    await ctx.db.execute(sql`analyze messages, segments, tasks, contracts, task_checkpoints, transcript_chunks`)
  await ctx.db
    .update(imports)
    .set({
      state: 'done',
      totals: report.totals,
      checkpoints: report.checkpoints,
      notes: report.notes,
      finishedAt: ctx.now(),
    })
    .where(eq(imports.id, run.importId))
  const { sources, messages, records } = report.totals
  if (report.changed) {
    await recordEvents(ctx, [
      {
        eventType: 'import.finished',
        eventData: { importId: run.importId, sources, messages, records, checkpoints: report.checkpoints },
        at: ctx.now(),
      },
    ])
  }
  await progress.settle({ phase: 'done' })
}
