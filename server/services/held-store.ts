// Opens what Makima holds of a repository, for reading.
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { repositories } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { openRepository } from '@/server/git/repository'
import { openStore } from '@/server/git/store'
import type { Store } from '@/server/git/types'
import { storesFolder } from './operation-subjects'

/** The store of a repository; when its folder is gone, what the store holds of its own can still be read. */
export async function openStoreOf(ctx: Context, repositoryId: string): Promise<Store> {
  const [row] = await ctx.db
    .select({ path: repositories.path, objectFormat: repositories.objectFormat })
    .from(repositories)
    .where(and(eq(repositories.id, repositoryId), eq(repositories.ownerId, ctx.actor.ownerId)))
  if (!row) throw new AppError('not_found', 'There is no repository with this id.')
  try {
    return await openStore(storesFolder(ctx), repositoryId, await openRepository(row.path))
  } catch (cause) {
    const path = join(storesFolder(ctx), `${repositoryId}.git`)
    const held = await access(path).then(
      () => true,
      () => false,
    )
    if (held) return { path, repositoryId, objectFormat: row.objectFormat === 'sha256' ? 'sha256' : 'sha1' }
    throw new AppError(
      'precondition_failed',
      `The repository at ${row.path} cannot be opened, and Makima holds no copy of its files yet. Put the folder back and try again.`,
      { cause },
    )
  }
}
