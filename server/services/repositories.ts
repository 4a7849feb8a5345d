// Knows a repository again wherever its folder has moved to. Identity is the oldest root commit and the remote; paths are attributes.
import { basename } from 'node:path'
import { and, eq, isNull } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { repositories, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import type { Repository } from '@/server/git/types'
import { fitPath } from '@/server/transcripts/fit-text'

/** The identity text of a repository; one without commits goes by its folder until it has some. */
export function identityOf(repository: Repository): string {
  return repository.rootCommits[0]
    ? fitPath(`${repository.rootCommits[0]}|${repository.remote ?? ''}`)
    : fitPath(`path:${repository.commonDir}`)
}

function nameOf(repository: Repository): string {
  const folder = repository.topLevel ?? repository.gitDir
  return repository.remote?.split('/').pop() || basename(folder).replace(/\.git$/, '') || folder
}

/** Finds or creates the rows of a repository and, unless it is bare, of this worktree of it. Joins the caller's transaction. */
export async function recordRepository(
  ctx: Context,
  repository: Repository,
): Promise<{ repositoryId: string; worktreeId: string | null }> {
  const repositoryId = await upsertRepository(ctx, repository)
  const worktreeId = repository.topLevel
    ? await upsertWorktree(ctx, repositoryId, repository.topLevel, repository.head.branch)
    : null
  return { repositoryId, worktreeId }
}

async function upsertRepository(ctx: Context, repository: Repository): Promise<string> {
  const ownerId = ctx.actor.ownerId
  const identity = identityOf(repository)
  const path = repository.topLevel ?? repository.gitDir
  const found = { path, bare: repository.bare, remote: repository.remote }
  if (!identity.startsWith('path:')) {
    // A repository that was seen before its first commit gets its lasting identity now.
    const [unborn] = await ctx.db
      .select({ id: repositories.id })
      .from(repositories)
      .where(and(eq(repositories.ownerId, ownerId), eq(repositories.identity, fitPath(`path:${repository.commonDir}`))))
    const [known] = await ctx.db
      .select({ id: repositories.id })
      .from(repositories)
      .where(and(eq(repositories.ownerId, ownerId), eq(repositories.identity, identity)))
    if (unborn && !known) await ctx.db.update(repositories).set({ identity }).where(eq(repositories.id, unborn.id))
  }
  const [row] = await ctx.db
    .insert(repositories)
    .values({
      id: newId(),
      ownerId,
      name: nameOf(repository),
      identity,
      objectFormat: repository.objectFormat,
      ...found,
    })
    .onConflictDoUpdate({ target: [repositories.ownerId, repositories.identity], set: found })
    .returning({ id: repositories.id })
  if (!row) throw new Error('a repository row was neither inserted nor found')
  return row.id
}

async function upsertWorktree(
  ctx: Context,
  repositoryId: string,
  path: string,
  branch: string | null,
): Promise<string> {
  const [row] = await ctx.db
    .insert(worktrees)
    .values({ id: newId(), ownerId: ctx.actor.ownerId, repositoryId, path, branch })
    .onConflictDoUpdate({
      target: [worktrees.ownerId, worktrees.path],
      targetWhere: isNull(worktrees.removedAt),
      set: { repositoryId, branch },
    })
    .returning({ id: worktrees.id })
  if (!row) throw new Error('a worktree row was neither inserted nor found')
  return row.id
}
