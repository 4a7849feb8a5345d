// Runs one operation along its journal: planned → snapshot taken → files applied → verified → recorded.
// Killed between any two, the next worker ends it in exactly *before* or *after*: see `resume`.
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { readHead } from '@/server/git/repository'
import { logger } from '@/server/log'
import { requireNoAgent } from '@/server/services/agents-at-work'
import type { Draft } from '@/server/services/operation-draft'
import { claimOperation, FenceLost, markFailed, WorktreeBusy, writeStep } from '@/server/services/operation-journal'
import { rememberFolders } from '@/server/services/operation-folders'
import { writesFolder } from '@/server/services/operation-inputs'
import { draftOperation } from '@/server/services/operation-kinds'
import { recordDone, shelveFailed } from '@/server/services/operation-records'
import type { Before, StoredOperation } from '@/server/services/operation-state'
import { STALE_PLAN } from '@/server/services/operations'
import { applyEffect, type Ground, revertEffect } from './effects'
import { holdLease, type Lease } from './lease'
import { forgetSnapshots, openSites, secureSites, type Site } from './sites'

/** Workers that may take up one operation to finish it; after two deaths it is taken back. */
const TRIES_FORWARD = 2
/** Times before it is given up, with its snapshot left on the shelf. */
const TRIES = 6
/** Begun longer ago than this, it is taken back: by now the person may have begun to mend the folder by hand. */
const FORWARD_WITHIN_MS = 10 * 60_000

export type Runner = { ctx: Context; daemonId: string }

type Run = { ctx: Context; operation: StoredOperation; lease: Lease }

const active = new Set<string>()

/** True while this very process works on the operation: then nobody may resolve it as abandoned. */
export function isActive(operationId: string): boolean {
  return active.has(operationId)
}

/**
 * Does the operation if it waits or was left behind; does nothing if it is finished or somebody else's.
 * @throws WorktreeBusy, and database errors: the job is tried again then. Failures of the operation itself are recorded.
 */
export async function runOperation(runner: Runner, operationId: string, ownAgain = false): Promise<void> {
  if (active.has(operationId)) return
  active.add(operationId)
  try {
    const operation = await claimOperation(runner.ctx, operationId, runner.daemonId, ownAgain)
    if (!operation) return
    const actor = { ownerId: operation.ownerId, name: 'worker', via: 'worker' as const }
    const ctx = { ...runner.ctx, actor }
    rememberFolders(ctx)
    const lease = holdLease(ctx, operation.id, operation.fence)
    try {
      const run = { ctx, operation, lease }
      await (operation.step === 'planned' ? start(run) : resume(run))
    } finally {
      lease.release()
    }
  } catch (error) {
    if (!(error instanceof FenceLost)) throw error
    logger.warn({ operation: operationId }, 'another worker took the operation over')
  } finally {
    active.delete(operationId)
  }
}

async function start(run: Run): Promise<void> {
  const { ctx, operation } = run
  let prepared: { draft: Draft; before: Before; sites: Site[] }
  try {
    if (operation.fence > TRIES) {
      throw new AppError(
        'internal',
        'The worker stopped several times while it looked at the files. Nothing was changed; see its log.',
      )
    }
    prepared = await prepare(run)
  } catch (error) {
    // Nothing was touched yet. A database that went away is not the operation's fault.
    if (!isFailure(error)) throw error
    await fail(run, error)
    return
  }
  const { draft, before, sites } = prepared
  await writeStep(ctx, operation.id, operation.fence, 'snapshot_taken', { plan: draft, before })
  await finish(run, draft, before, sites, false)
}

/** Plans anew from what is there now, compares with what the person saw, and takes the safety snapshots. */
async function prepare({ ctx, operation, lease }: Run) {
  if (operation.worktreeId && writesFolder(operation.kind)) await requireNoAgent(ctx, operation.worktreeId)
  const draft = await draftOperation(ctx, operation.kind, operation.input)
  if (operation.planHash && draft.view.planHash !== operation.planHash && operation.kind !== 'checkpoint') {
    throw new AppError('conflict', STALE_PLAN)
  }
  for (const { place } of draft.children ?? []) if (place) await requireNoAgent(ctx, place.worktreeId)
  const sites = await openSites(ctx, operation.id, draft, null)
  const before = await secureSites(ctx, operation, sites, lease)
  return { draft, before, sites }
}

/** Goes on where a worker before us was cut off. */
async function resume(run: Run): Promise<void> {
  const { operation } = run
  const { plan: draft, before } = operation
  if (!draft || !before) {
    await fail(run, new AppError('internal', 'The journal of this operation is incomplete. Nothing was changed.'))
    return
  }
  const sites = await openSites(run.ctx, operation.id, draft, before)
  const since = Date.now() - (operation.startedAt?.getTime() ?? 0)
  const forward = operation.fence <= TRIES_FORWARD && since < FORWARD_WITHIN_MS
  logger.info({ operation: operation.id, step: operation.step, forward }, 'an interrupted operation is resolved')
  if (forward) {
    await finish(run, draft, before, sites, true)
    return
  }
  const sentence = 'The worker stopped in the middle of this operation. Everything is as it was before; try again.'
  await takeBack(run, draft, before, sites, new AppError('internal', sentence))
}

async function finish(run: Run, draft: Draft, before: Before, sites: Site[], again: boolean): Promise<void> {
  const { ctx, operation, lease } = run
  try {
    for (const { part, ground, outcomes } of sites) {
      for (const effect of part.effects) {
        if (!ground) throw new AppError('internal', 'Files were to be changed without a folder.')
        lease.check()
        outcomes.push(await applyEffect(ground, effect, again))
      }
    }
  } catch (error) {
    if (error instanceof FenceLost) throw error
    await takeBack(run, draft, before, sites, error)
    return
  }
  const [outcomes = [], ...childOutcomes] = sites.map((site) => site.outcomes)
  const after = { tree: null, knownTree: null, talk: null, outcomes }
  await writeStep(ctx, operation.id, operation.fence, 'files_applied', { after })
  try {
    for (const { ground, before: then } of sites) if (ground) await verify(ground, then)
    await writeStep(ctx, operation.id, operation.fence, 'verified')
    await recordDone(ctx, { operation, draft, before, outcomes, childOutcomes })
  } catch (error) {
    // Code first, talk second: if the talk cannot follow, the files go back.
    if (!isFailure(error)) throw error
    await takeBack(run, draft, before, sites, error)
  }
}

/** The files were read back when they were applied. Here: nothing of the person's that no plan may move has moved. */
async function verify(ground: Ground, before: Before): Promise<void> {
  const now = await readHead(ground.repository)
  if (!before.head || (now.sha === before.head.sha && now.branch === before.head.branch)) return
  logger.warn({ operation: ground.operationId }, 'HEAD was moved by somebody while an operation ran')
}

/** Ends in *before*: the effects are turned back, last first. What cannot be is left on the shelf and said. */
async function takeBack(run: Run, draft: Draft, before: Before, sites: Site[], cause: unknown): Promise<void> {
  const problems: unknown[] = []
  const left: string[] = []
  for (const { part, ground, outcomes } of sites.toReversed()) {
    for (const [n, effect] of [...part.effects.entries()].toReversed()) {
      if (!ground) break
      run.lease.check()
      await revertEffect(ground, effect, outcomes[n]).then(
        (sentences) => left.push(...sentences),
        (error: unknown) => problems.push(error),
      )
    }
  }
  if (problems.length > 0) {
    logger.error(
      { operation: run.operation.id, problems: problems.map(String) },
      'an operation could not be taken back',
    )
    // The lease runs out, and the next try may find the space or the permission that is missing now.
    if (run.operation.fence < TRIES) throw new Error('an operation could not be taken back yet', { cause: problems[0] })
    left.push('Not everything could be put back; the files from before are on the recover shelf.')
  }
  if (left.length === 0) return fail(run, cause, draft)
  const why = asSentence(cause)
  const sentence = [isAppError(why) ? why.message : 'The operation failed.', ...left.slice(0, 5)].join(' ')
  await fail(run, new AppError('git_failed', sentence, { cause }), draft, before)
}

/** `before` is given when its snapshot is still needed: it goes on the shelf then, else it is forgotten. */
async function fail({ ctx, operation }: Run, error: unknown, draft?: Draft, before?: Before): Promise<void> {
  if (!isAppError(error)) logger.error({ operation: operation.id, err: error }, 'an operation failed')
  await markFailed(ctx, operation, asSentence(error), async (tx) => {
    if (draft && before) await shelveFailed(tx, { operation, draft, before })
  })
  // A snapshot equal to what is in the folder again would only take up space.
  if (draft && !before) await forgetSnapshots(ctx, operation.id, draft)
}

/** True for what went wrong with the operation; false for a database or process that went away under it. */
function isFailure(error: unknown): boolean {
  if (error instanceof FenceLost || error instanceof WorktreeBusy) return false
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? String(at.code) : ''
    // 40P01 and 40001: two transactions were in each other's way and this one was chosen to try again.
    if (/^(CONNECTION_|CONNECT_|ECONNREFUSED|ECONNRESET|EPIPE|57P0|08|53300|40P01|40001)/.test(code)) return false
  }
  return true
}

function asSentence(error: unknown): unknown {
  for (let at = error; at instanceof Error; at = at.cause) {
    const code = 'code' in at ? String(at.code) : ''
    if (code === 'ENOSPC' || /no space left on device/i.test(at.message)) {
      return new AppError('git_failed', 'The disk is full. Everything is as before; free some space and try again.', {
        cause: error,
      })
    }
    if (code === '23505') {
      return new AppError(
        'conflict',
        'Something else was recorded at the same moment. Everything is as before; try again.',
        { cause: error },
      )
    }
  }
  return error
}
