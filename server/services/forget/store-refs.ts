// The names in stores under which the code of what goes is kept.
import { access } from 'node:fs/promises'
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { listRefs } from '@/server/git/store'
import { listRefsOf } from '@/server/git/store-file'
import { storeOf } from '@/server/services/operation-subjects'
import type { Erasure } from './erasure'
import { anyOf } from './id-list'

export type StoreRefs = { repositoryId: string; objectFormat: 'sha1' | 'sha256'; refs: string[] }

type Parts = Pick<Erasure, 'contracts' | 'tasks' | 'operations' | 'repositories'>

/** A store that goes as a whole has all its refs listed. */
export async function findRefs(ctx: Context, { contracts, tasks, operations, repositories }: Parts) {
  const known = await ctx.db.execute<{ id: string; format: string }>(sql`
    select id, object_format as format from repositories
    where id in (select repository_id from tasks where id = ${anyOf(tasks)}
        union select repository_id from task_checkpoints where task_id = ${anyOf(tasks)}
        union select repository_id from contracts where id = ${anyOf(contracts)}
        union select repository_id from operations where id = ${anyOf(operations)})
    order by id`)
  const ids = new Set([...tasks, ...operations])
  const found: StoreRefs[] = []
  for (const { id, format } of known) {
    const store = storeOf(ctx, id, format === 'sha256' ? 'sha256' : 'sha1')
    if (!(await isThere(store.path))) continue
    const own = repositories.includes(id) ? await listRefs(store, 'refs') : await listRefsOf(store, ids)
    const bases = await findLoneBases(ctx, id, tasks)
    const refs = [...new Set([...own.map(({ ref }) => ref), ...bases])].sort()
    found.push({ repositoryId: id, objectFormat: store.objectFormat, refs })
  }
  return found
}

/** The names of these checkpoints, unless another one is the same commit. */
export async function findCheckpointRefs(ctx: Context, checkpoints: readonly string[]): Promise<StoreRefs[]> {
  const rows = await ctx.db.execute<{ repository: string; format: string; shas: string[]; own: string[] }>(sql`
    select c.repository_id as repository, r.object_format as format,
      array_agg('refs/checkpoints/' || c.task_id || '/' || c.number) as own,
      coalesce(array_agg(c.commit_sha) filter (where not exists (select from task_checkpoints o
        where o.repository_id = c.repository_id and o.commit_sha = c.commit_sha
          and o.id <> all(${sql.param(checkpoints)}::uuid[]))), '{}') as shas
    from task_checkpoints c join repositories r on r.id = c.repository_id where c.id = ${anyOf(checkpoints)} group by 1, 2`)
  const found: StoreRefs[] = []
  for (const { repository, format, shas, own } of rows) {
    const store = storeOf(ctx, repository, format === 'sha256' ? 'sha256' : 'sha1')
    if (!(await isThere(store.path))) continue
    const named = await listRefs(store, 'refs/checkpoints')
    const refs = named.filter(({ ref, sha }) => own.includes(ref) || shas.includes(sha)).map(({ ref }) => ref)
    found.push({ repositoryId: repository, objectFormat: store.objectFormat, refs: refs.sort() })
  }
  return found
}

/** What came with a contract's file as the state before its first checkpoint, and no other checkpoint stands on. */
async function findLoneBases(ctx: Context, repositoryId: string, tasks: string[]): Promise<string[]> {
  const rows = await ctx.db.execute<{ sha: string }>(sql`
    select distinct base_head as sha from task_checkpoints c
    where repository_id = ${repositoryId} and task_id = ${anyOf(tasks)} and base_head is not null
      and not exists (select from task_checkpoints o where o.repository_id = c.repository_id
        and o.base_head = c.base_head and o.task_id <> all(${sql.param(tasks)}::uuid[]))`)
  const named = new Set((await listRefs(storeOf(ctx, repositoryId), BASES)).map(({ ref }) => ref))
  return rows.map(({ sha }) => `${BASES}${sha}`).filter((ref) => named.has(ref))
}

const BASES = 'refs/makima/bases/'

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )
