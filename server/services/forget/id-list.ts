import { type SQL, sql } from 'drizzle-orm'

/** For `id = …`: any of these, none when there are none. */
export const anyOf = (ids: readonly string[]): SQL => sql`any(${sql.param(ids)}::uuid[])`
