// Says where one string stands and what becomes of it, before anything does. Reads only.
import { sql } from 'drizzle-orm'
import type { Context } from '@/server/context'
import { plainMatcher } from './blank'
import { toCounts } from './count-erasure'
import { type Erasure, NOTHING } from './erasure'
import type { ForgetPreview, Subject } from './forget-inputs'
import { keyedHash } from './home-key'
import { anyOf } from './id-list'
import { hashPlan } from './preview'
import { spellingsOf } from './spellings'
import { findStringSources } from './string-chunks'
import { findStringCode, type HoldingStore } from './string-code'
import { countStringPlaces, countStringRows } from './string-rows'

const STRUCTURE =
  'The string is part of how an agent writes its records, or of an id in them: without it they could not be read. Give a longer one, or forget the transcript.'

export type StringSubject = Extract<Subject, { kind: 'string' }>

/** The preview with what goes altogether: checkpoints and shelf items whose files hold the string. */
export async function planString(
  ctx: Context,
  { string, keepCode }: StringSubject,
): Promise<{ preview: ForgetPreview; erasure: Erasure }> {
  const spellings = spellingsOf(string)
  const matcher = plainMatcher(spellings)
  const holding = await findStringCode(ctx, matcher)
  const erasure = keepCode ? NOTHING : await eraseHolding(ctx, holding)
  const rows = await countStringRows(ctx, spellings)
  const { sources, isStructure } = await findStringSources(ctx, matcher)
  const refs = erasure.refs.reduce((sum, store) => sum + store.refs.length, 0)
  const numbers = {
    ...rows,
    transcripts: sources.size,
    checkpoints: (rows.checkpoints ?? 0) + erasure.checkpoints.length,
    codeSnapshots: refs,
    shelfItems: erasure.shelfItems.length,
  }
  const [busy] = await ctx.db.execute(sql`select from operations where state in ('queued', 'running') limit 1`)
  const named = keyedHash(ctx, 'plan', string).toString('hex')
  const preview: ForgetPreview = {
    kind: 'string',
    name: null,
    counts: toCounts(numbers),
    dependents: [],
    blocked: [
      ...(busy && !keepCode ? ['An operation is not finished. Wait until it is done and try again.'] : []),
      ...(isStructure ? [STRUCTURE] : []),
    ],
    remains: await findRemains(ctx, spellings, keepCode ? holding.reduce((n, { refs: all }) => n + all.length, 0) : 0),
    planHash: hashPlan({ kind: 'string', named, keepCode }, erasure),
  }
  return { preview, erasure }
}

async function eraseHolding(ctx: Context, holding: readonly HoldingStore[]): Promise<Erasure> {
  const names = holding.flatMap(({ refs }) => refs)
  const commits = holding.flatMap((store) => store.commits.map((sha) => `${store.repositoryId} ${sha}`))
  const checkpoints = await ctx.db.execute<{ id: string }>(sql`
    select id from task_checkpoints
    where repository_id || ' ' || commit_sha = any(${sql.param(commits)}::text[]) order by id`)
  const shelf = await ctx.db.execute<{ id: string }>(
    sql`select id from shelf_items where ref = any(${sql.param(names)}::text[]) order by id`,
  )
  const snapshots = await ctx.db.execute<{ id: string }>(sql`
    select id from conversation_snapshots where checkpoint_id = ${anyOf(checkpoints.map(({ id }) => id))} order by id`)
  const ids = (rows: readonly { id: string }[]) => rows.map(({ id }) => id)
  const refs = holding.map(({ repositoryId, objectFormat, refs: own }) => ({ repositoryId, objectFormat, refs: own }))
  return { ...NOTHING, refs, checkpoints: ids(checkpoints), snapshots: ids(snapshots), shelfItems: ids(shelf) }
}

async function findRemains(ctx: Context, spellings: readonly string[], keptRefs: number): Promise<string[]> {
  const places = await countStringPlaces(ctx, spellings)
  const found: string[] = []
  if (keptRefs > 0) found.push(`${keptRefs} saved states of files hold it and are kept, as you asked.`)
  if (places > 0) {
    found.push(
      `${places} ${places === 1 ? 'row says' : 'rows say'} with it where a file, folder, branch or session is called so: there it stays.`,
    )
  }
  found.push(
    'It is found as it is and as JSON writes it, with the same letters; not in another encoding, such as base64, nor in images.',
    'The agents’ own files, your git repository and your folders are yours and stay as they are. A file that holds the string is kept again by the next checkpoint: take it out there first.',
    'Files that were exported, and copies that others have of a share, are out of reach.',
    'Bytes that the database has let go are overwritten in time: see “Forgetting” in the README.',
  )
  return found
}
