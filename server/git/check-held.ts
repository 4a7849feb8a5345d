// Checks that checkpoints can be read whole from the store alone, whatever becomes of the person's git.
import { GitError } from './git'
import { findMissing, listObjectFolders } from './object-presence'
import { listNeeded } from './pack'
import type { Store } from './types'

/** Those of the commits of which the store itself holds every object. Reads which objects are there, not their contents. */
export async function findHeld(store: Store, commits: readonly string[]): Promise<Set<string>> {
  if (commits.length === 0 || (await areHeld(store, commits))) return new Set(commits)
  // Something is missing: each alone says where.
  const held = new Set<string>()
  for (const commit of commits) if (await areHeld(store, [commit])) held.add(commit)
  return held
}

async function areHeld(store: Store, commits: readonly string[]): Promise<boolean> {
  const needed = await listNeeded(store, [...commits]).catch((error: unknown) => {
    // A store that git itself cannot read holds nothing.
    if (error instanceof GitError) return null
    throw error
  })
  if (needed === null || needed.missing.length > 0) return false
  const wanted = new Set(needed.objects)
  const [own] = listObjectFolders(store)
  if (own !== undefined) findMissing(own, wanted)
  return wanted.size === 0
}
