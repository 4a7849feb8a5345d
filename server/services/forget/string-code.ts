// Finds the saved states of code that hold one string, in a file, its name or a message. Reads only.
import { access } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { openObjectReader } from '@/server/git/objects'
import { listNeeded, listOwnObjects } from '@/server/git/pack'
import { listObjects } from '@/server/git/snapshot'
import { listRefs } from '@/server/git/store'
import type { Store } from '@/server/git/types'
import { storeOf } from '@/server/services/operation-subjects'
import type { Matcher } from './blank'
import type { StoreRefs } from './store-refs'

/** A store with the refs that hold it and the commits they name; none of either where only leftovers do. */
export type HoldingStore = StoreRefs & { commits: string[] }

export async function findStringCode(ctx: Context, matcher: Matcher): Promise<HoldingStore[]> {
  const known = await ctx.db.execute<{ id: string; format: string }>(
    sql`select id, object_format as format from repositories where owner_id = ${ctx.actor.ownerId} order by id`,
  )
  const found: HoldingStore[] = []
  for (const { id, format } of known) {
    const store = storeOf(ctx, id, format === 'sha256' ? 'sha256' : 'sha1')
    const isThere = await access(store.path).then(
      () => true,
      () => false,
    )
    if (!isThere) continue
    const holding = await findHolding(store, matcher)
    if (holding !== null) found.push({ repositoryId: id, objectFormat: store.objectFormat, ...holding })
  }
  return found
}

/** Null when the store has nothing of it. */
async function findHolding(store: Store, matcher: Matcher): Promise<Pick<HoldingStore, 'refs' | 'commits'> | null> {
  const named = (await listRefs(store, 'refs')).filter(({ ref }) => !ref.startsWith('refs/makima/worktrees/'))
  const commits = [...new Set(named.map(({ sha }) => sha))]
  const objects = new Set([...(await listOwnObjects(store)), ...(await listNeeded(store, commits)).objects])
  const bad = await findObjects(store, [...objects], matcher)
  if (bad.size === 0) return null
  const holding = new Set(await findCommits(store, commits, bad))
  const refs = named.filter(({ sha }) => holding.has(sha)).map(({ ref }) => ref)
  return { refs: refs.sort(), commits: [...holding].sort() }
}

/** Those of these objects in which it stands. */
export async function findObjects(store: Store, shas: string[], matcher: Matcher): Promise<Set<string>> {
  const bad = new Set<string>()
  const reader = openObjectReader(store)
  try {
    for (const sha of shas) {
      let end: Buffer = Buffer.alloc(0)
      await reader.stream(sha, (piece) => {
        if (bad.has(sha)) return
        const bytes = end.length === 0 ? piece : Buffer.concat([end, piece])
        if (matcher.find(bytes).length > 0) bad.add(sha)
        // What is kept is copied: the reader may use its buffer again.
        end = Buffer.from(bytes.subarray(Math.max(0, bytes.length - matcher.longest + 1)))
      })
    }
  } finally {
    reader.close()
  }
  return bad
}

/** Halves the list until each part is clean or one commit: most hold nothing of it, and asking for many costs as one. */
async function findCommits(store: Store, commits: string[], bad: ReadonlySet<string>): Promise<string[]> {
  const objects = await listObjects(store, commits)
  if (![...objects].some((sha) => bad.has(sha))) return []
  if (commits.length === 1) return commits
  const half = commits.length >> 1
  return [
    ...(await findCommits(store, commits.slice(0, half), bad)),
    ...(await findCommits(store, commits.slice(half), bad)),
  ]
}
