// Makes imported commits checkpoints of the store. Nothing is copied here: packing, later, makes them outlive the person's own git.
import { join } from 'node:path'
import type { Context } from '@/server/context'
import { isAppError } from '@/server/errors'
import { adoptCommits, findExistingCommits } from '@/server/git/adopt'
import { checkpointRef } from '@/server/git/capture'
import { openStore } from '@/server/git/store'
import type { Repository } from '@/server/git/types'
import { logger } from '@/server/log'
import { enqueuePackStore } from '@/server/services/pack-store'
import type { NewCheckpoint } from './checkpoints'

/** Never fails an import: a store that cannot be made is told when somebody wants to rewind. */
export async function adoptCheckpoints(
  ctx: Context,
  repositoryId: string,
  repository: Repository,
  checkpoints: NewCheckpoint[],
): Promise<void> {
  if (checkpoints.length === 0) return
  try {
    const store = await openStore(join(ctx.env.home, 'stores'), repositoryId, repository)
    const existing = await findExistingCommits(
      store,
      checkpoints.map((checkpoint) => checkpoint.commitSha),
    )
    const entries = checkpoints
      .filter((checkpoint) => existing.has(checkpoint.commitSha))
      .map((checkpoint) => ({ ref: checkpointRef(checkpoint.taskId, checkpoint.number), sha: checkpoint.commitSha }))
    await adoptCommits(store, entries)
    await enqueuePackStore(ctx, repositoryId)
  } catch (error) {
    logger.warn({ err: error, repositoryId, told: isAppError(error) }, 'checkpoints were not made the store’s own')
  }
}
