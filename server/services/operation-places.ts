// Finds a place in a repository for operations that add a ref to it and touch no file: any living worktree, or the bare folder.
import { and, eq, isNull, sql } from 'drizzle-orm'
import { repositories, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError, isAppError } from '@/server/errors'
import { openStore } from '@/server/git/store'
import type { Repository, Store } from '@/server/git/types'
import type { Place } from './operation-draft'
import { openFolder } from './operation-folders'
import { storesFolder } from './operation-subjects'

/** A repository folder; `worktreeId` is empty when the repository is bare or its worktree is not in our tables. */
export async function findRepositoryPlace(
  ctx: Context,
  repositoryId: string,
  preferredWorktreeId: string | null,
): Promise<Place> {
  const [repository] = await ctx.db.select().from(repositories).where(eq(repositories.id, repositoryId))
  if (!repository) throw new AppError('not_found', 'The repository of this checkpoint is not known any more.')
  const [worktree] = await ctx.db
    .select({ id: worktrees.id, path: worktrees.path })
    .from(worktrees)
    .where(and(eq(worktrees.repositoryId, repositoryId), isNull(worktrees.removedAt)))
    .orderBy(
      sql`${worktrees.id} = ${preferredWorktreeId} desc nulls last`,
      sql`${worktrees.kind} = 'main' desc`,
      worktrees.id,
    )
    .limit(1)
  return { repositoryId, worktreeId: worktree?.id ?? '', path: worktree?.path ?? repository.path }
}

export async function openAnyPlace(ctx: Context, place: Place): Promise<{ repository: Repository; store: Store }> {
  try {
    const repository = await openFolder(ctx, place.path)
    return { repository, store: await openStore(storesFolder(ctx), place.repositoryId, repository) }
  } catch (error) {
    if (isAppError(error) && (error.code === 'not_found' || error.code === 'invalid')) {
      throw new AppError(
        'precondition_failed',
        `The folder ${place.path} is gone or is no longer a git repository. Put it back and try again.`,
        { cause: error },
      )
    }
    throw error
  }
}
