// Keeps the checkpoints of a repository independent of the person's git, and checks that they are.
import { eq, sql } from 'drizzle-orm'
import { repositories } from '@/db/schema'
import type { Context } from '@/server/context'
import { findHeld } from '@/server/git/check-held'
import type { PackResult } from '@/server/git/pack'
import { openRepository } from '@/server/git/repository'
import { openStore } from '@/server/git/store'
import type { Store } from '@/server/git/types'
import { logger } from '@/server/log'
import { storeOf, storesFolder } from '@/server/services/operation-subjects'
import { listUnverified, recordVerified } from '@/server/services/verified-checkpoints'

/** Packs by `pack`, then notes which checkpoints the store holds whole. */
export async function keepStore(
  ctx: Context,
  repositoryId: string,
  pack: (store: Store) => Promise<PackResult>,
): Promise<void> {
  const [repository] = await ctx.db.select().from(repositories).where(eq(repositories.id, repositoryId))
  if (!repository) return
  const format = repository.objectFormat === 'sha256' ? 'sha256' : 'sha1'
  const store = await openRepository(repository.path)
    .then((found) => openStore(storesFolder(ctx), repositoryId, found))
    // The folder is away for now; what the store has can be packed all the same.
    .catch(() => storeOf(ctx, repositoryId, format))
  try {
    await pack(store)
  } finally {
    // A store that cannot be packed is the very one whose checkpoints have to be looked at.
    await verify(ctx, repository, store)
  }
  await ctx.db.update(repositories).set({ packedAt: sql`now()` }).where(eq(repositories.id, repositoryId))
}

async function verify(ctx: Context, repository: { id: string; name: string }, store: Store): Promise<void> {
  const unverified = await listUnverified(ctx, repository.id)
  const held = await findHeld(
    store,
    unverified.map(({ commitSha }) => commitSha),
  )
  await recordVerified(ctx, unverified, held)
  const lost = unverified.length - unverified.filter(({ commitSha }) => held.has(commitSha)).length
  if (lost > 0) logger.warn({ repository: repository.name, checkpoints: lost }, 'some checkpoints are not whole')
}
