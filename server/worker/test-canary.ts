// Looks for a text wherever Makima could keep it: every column of every table, every file of the home folder, every git object.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { transcriptChunks } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { unpackPiece } from '@/server/services/packed-piece'

/** Places that hold the text: `table.column`, a file, `store object`. `spellings`: other forms of it. */
export async function findCanary(ctx: Context, ...spellings: string[]): Promise<string[]> {
  const found: string[] = []
  const columns = await ctx.db.execute<{ schema: string; table: string; column: string }>(sql`
    select c.table_schema as schema, c.table_name as table, c.column_name as column from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema in ('public', 'graphile_worker') and t.table_type = 'BASE TABLE' order by 1, 2`)
  for (const { schema, table, column } of columns) {
    const patterns = spellings
      .flatMap((text) => [text, Buffer.from(text).toString('hex')])
      .map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)
    const [row] = await ctx.db.execute<{ n: number }>(sql`
      select count(*)::int as n from ${sql.identifier(schema)}.${sql.identifier(table)}
      where ${sql.identifier(column)}::text ilike any(${sql.param(patterns)}::text[])`)
    if ((row?.n ?? 0) > 0) found.push(`${table}.${column}`)
  }
  const has = (bytes: Buffer) => spellings.some((text) => bytes.includes(text))
  for (const piece of await ctx.db.select().from(transcriptChunks)) {
    if (has(unpackPiece(piece, piece.size))) found.push('transcript_chunks')
  }
  for (const file of listFiles(ctx.env.home)) {
    if (spellings.some((text) => file.includes(text)) || has(readFileSync(file))) found.push(file)
  }
  return [...new Set([...found, ...findInStores(ctx, has)])]
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
  } catch {
    return []
  }
}

function findInStores(ctx: Context, has: (bytes: Buffer) => boolean): string[] {
  const stores = join(ctx.env.home, 'stores')
  const found: string[] = []
  for (const name of statSync(stores, { throwIfNoEntry: false }) ? readdirSync(stores) : []) {
    if (!name.endsWith('.git')) continue
    const path = join(stores, name)
    const env = { ...process.env, GIT_DIR: path }
    const git = (args: string[]) => execFileSync('git', args, { env, maxBuffer: 1 << 28 })
    for (const sha of listOwn(path, git)) {
      const type = git(['cat-file', '-t', sha]).toString().trim()
      if (has(git(['cat-file', type, sha]))) found.push(`${name} ${type} ${sha}`)
    }
  }
  return found
}

/** Without what is borrowed from the person's repository. */
function listOwn(path: string, git: (args: string[]) => Buffer): string[] {
  const loose = listFiles(join(path, 'objects'))
    .map((file) => /\/([0-9a-f]{2})\/([0-9a-f]{38,62})$/.exec(file))
    .flatMap((match) => (match ? [`${match[1]}${match[2]}`] : []))
  const packs = listFiles(join(path, 'objects/pack')).filter((file) => file.endsWith('.idx'))
  const packed = packs.flatMap((file) =>
    git(['verify-pack', '-v', file])
      .toString()
      .split('\n')
      .flatMap((line) => /^([0-9a-f]{40,64}) (?:commit|tree|blob)/.exec(line)?.[1] ?? []),
  )
  return [...loose, ...packed]
}
