// Where the work of a contract from elsewhere stands on this machine. A repository is known again by its root commit and
// remote. A folder counts as the same only where it holds that repository: another at the same path must never be touched.
import { stat } from 'node:fs/promises'
import { eq, and } from 'drizzle-orm'
import { z } from 'zod'
import { newId } from '@/db/ids'
import { repositories, worktrees } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { openRepository } from '@/server/git/repository'
import type { Repository } from '@/server/git/types'
import { identityOf, recordRepository } from '@/server/services/repositories'
import { rowsName } from './format'
import type { OpenFile } from './open-zip'

/** Before a path of another machine: it is shown, and can be no folder here. */
const ELSEWHERE = 'elsewhere:'

export type Grounds = {
  /** Ids here, by those in the file. */
  repositories: Map<string, string>
  worktrees: Map<string, string>
  /** Transcripts of the file that are here already, byte for byte. */
  heldSources: ReadonlySet<string>
  /** A path of the file as it is kept here. */
  placeOf: (path: unknown) => unknown
}

const text = z
  .string()
  .max(8_000)
  .regex(/^[^\0\p{Surrogate}]*$/u)

const repositoryRow = z.object({
  id: z.uuid(),
  name: text,
  identity: text,
  remote: text.nullable(),
  path: text,
  bare: z.boolean(),
  object_format: z.enum(['sha1', 'sha256']),
})
const worktreeRow = z.object({
  id: z.uuid(),
  repository_id: z.uuid(),
  path: text,
  branch: text.nullable(),
  kind: z.string().regex(/^[a-z_]{1,40}$/),
  removed_at: z.iso.datetime({ offset: true }).nullable(),
})

/** Finds or makes the rows of repositories and worktrees, in the transaction that `ctx.db` is in. */
export async function takeGrounds(ctx: Context, file: OpenFile, heldSources: ReadonlySet<string>): Promise<Grounds> {
  const found: Grounds = { repositories: new Map(), worktrees: new Map(), heldSources, placeOf }
  const here = new Set<string>()
  const identities = new Map<string, string>()
  const seen: Repository[] = []
  for await (const line of file.lines(rowsName('repositories'))) {
    const row = check(repositoryRow, line)
    identities.set(row.id, row.identity)
    const own = await findHere(row.path, row.identity)
    if (own) seen.push(own)
    found.repositories.set(
      row.id,
      own ? (await recordRepository(ctx, own)).repositoryId : await takeRepository(ctx, row),
    )
  }
  for await (const line of file.lines(rowsName('worktrees'))) {
    const row = check(worktreeRow, line)
    const repositoryId = found.repositories.get(row.repository_id)
    if (!repositoryId) throw new AppError('invalid', 'The file names a folder of a repository that is not in it.')
    const own = row.removed_at === null ? await findHere(row.path, identities.get(row.repository_id)) : null
    const worktreeId = own ? (await recordRepository(ctx, own)).worktreeId : null
    if (worktreeId !== null) here.add(row.path)
    found.worktrees.set(row.id, worktreeId ?? (await takeWorktree(ctx, row, repositoryId)))
  }
  // A worktree that was recorded since has taken the place of its repository's own folder.
  for (const repository of seen) await recordRepository(ctx, repository)
  return found

  function placeOf(path: unknown): unknown {
    const isHere = [...here].some((folder) => path === folder || String(path).startsWith(`${folder}/`))
    return isHere && !String(path).split('/').includes('..') ? path : elsewhere(path)
  }
}

/** A path of another machine, as one that can be none here. */
export function elsewhere(path: unknown): unknown {
  return typeof path !== 'string' || path.startsWith(ELSEWHERE) ? path : `${ELSEWHERE}${path}`
}

async function takeRepository(ctx: Context, row: z.output<typeof repositoryRow>): Promise<string> {
  const { name, identity, remote, path, bare, object_format } = row
  const [known] = await ctx.db
    .select({ id: repositories.id })
    .from(repositories)
    .where(and(eq(repositories.ownerId, ctx.actor.ownerId), eq(repositories.identity, identity)))
  if (known) return known.id
  const id = newId()
  await ctx.db.insert(repositories).values({
    id,
    ownerId: ctx.actor.ownerId,
    name,
    identity,
    remote,
    path: String(elsewhere(path)),
    bare,
    objectFormat: object_format,
  })
  return id
}

/** What is at this path, when it is this very repository. */
async function findHere(path: string, identity: string | undefined): Promise<Repository | null> {
  if (!(await stat(path).catch(() => null))) return null
  const repository = await openRepository(path).catch(() => null)
  if (!repository || identityOf(repository) !== identity) return null
  return (repository.topLevel ?? repository.gitDir) === path ? repository : null
}

async function takeWorktree(ctx: Context, row: z.output<typeof worktreeRow>, repositoryId: string): Promise<string> {
  const id = newId()
  await ctx.db.insert(worktrees).values({
    id,
    ownerId: ctx.actor.ownerId,
    repositoryId,
    path: String(elsewhere(row.path)),
    branch: row.branch,
    kind: row.kind,
    removedAt: row.removed_at === null ? ctx.now() : new Date(row.removed_at),
  })
  return id
}

function check<T extends z.ZodType>(schema: T, line: unknown): z.output<T> {
  const { success, data, error } = schema.safeParse(line)
  if (!success) throw new AppError('invalid', 'The file is not a contract of Makima as it should be.', { cause: error })
  return data
}
