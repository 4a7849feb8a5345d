// Does what a person has had forgotten: rows first, then stores, then files. Cut off at any moment it ends whole at the next try.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Context } from '@/server/context'
import { isAppError } from '@/server/errors'
import { eraseRefs } from '@/server/git/erase'
import { removeCleanWorktree } from '@/server/git/remove-worktree'
import { logger } from '@/server/log'
import {
  type Act,
  beginAct,
  endAct,
  eraseByAge,
  eraseString,
  eraseThing,
  failAct,
  noteStep,
  vacuum,
} from '@/server/services/forget/act'
import type { Erasure } from '@/server/services/forget/erasure'
import { enqueueRetention } from '@/server/services/forget/forget-queue'
import { requestByAge } from '@/server/services/forget/retention'
import { blankHomeFiles } from '@/server/services/forget/home-files'
import { storeOf, storesFolder } from '@/server/services/operation-subjects'

/** What came into a store a moment ago is looked at again after this; in milliseconds. */
const GRACE_MS = 60_000
const PASSES = 3

/** `graceMs`: how long objects that nothing names yet are left alone. */
export async function runForgetting(ctx: Context, id: string, graceMs = GRACE_MS): Promise<void> {
  const act = await beginAct(ctx, id)
  if (!act) return
  let erasure: Erasure
  try {
    erasure = await erase(ctx, act)
  } catch (error) {
    if (!isAppError(error)) throw error
    return failAct(ctx, id, error.message)
  }
  // From here on there is no way back: a fault is tried again until all is gone.
  await eraseStores(ctx, erasure, graceMs)
  await noteStep(ctx, id, 'files')
  const remains = await eraseFiles(erasure)
  if (act.kind === 'string') await blankHomeFiles(ctx, act)
  await noteStep(ctx, id, 'vacuum')
  await vacuum(ctx)
  await endAct(ctx, id, remains)
  logger.info({ forgetting: id, kind: act.kind }, 'forgotten')
}

function erase(ctx: Context, act: Act): Promise<Erasure> {
  if (act.kind === 'string') return eraseString(ctx, act)
  return act.kind === 'retention' ? eraseByAge(ctx, act) : eraseThing(ctx, act)
}

/** Once a day, at the start of a worker, and when the days were set: what is too old is asked to go. */
export async function applyRetention(ctx: Context): Promise<void> {
  await requestByAge(ctx)
  await enqueueRetention(ctx, HOURS_BETWEEN)
}

const HOURS_BETWEEN = 24

async function eraseStores(ctx: Context, { refs, repositories }: Erasure, graceMs: number): Promise<void> {
  for (const { repositoryId, objectFormat, refs: names } of refs) {
    if (repositories.includes(repositoryId)) continue
    const store = storeOf(ctx, repositoryId, objectFormat)
    for (let pass = 1; pass <= PASSES; pass++) {
      const { young } = await eraseRefs(store, names, graceMs)
      if (young === 0) break
      if (pass < PASSES) await sleep(graceMs)
    }
  }
  for (const id of repositories) {
    for (const name of [`${id}.git`, `${id}.git.lock`]) {
      await rm(join(storesFolder(ctx), name), { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

/** Answers with what stays, in sentences without names: they are kept with the act. */
async function eraseFiles({ files, folders }: Erasure): Promise<string[]> {
  let left = 0
  for (const folder of folders) if (!(await removeCleanWorktree(folder))) left++
  for (const file of files) await rm(file, { recursive: true, force: true })
  if (left === 0) return []
  return [`${left} ${left === 1 ? 'folder' : 'folders'} of forks with unsaved changes stayed in the home folder.`]
}
