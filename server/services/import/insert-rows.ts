import type { SQL } from 'drizzle-orm'
import type { Database } from '@/db/client'
import { executePrepared } from '@/db/prepared'

/** A statement takes at most 65,535 values. */
const ROWS_A_STATEMENT = 1_000

/** Inserts any number of rows with as few statements as possible; `insert` builds the statement for some of them. */
export async function insertRows<T>(
  db: Database,
  rows: T[],
  insert: (rows: T[]) => PromiseLike<unknown> & { getSQL(): SQL },
): Promise<void> {
  const [only] = rows
  // Most sessions have one task with one segment: that text does not vary.
  if (rows.length === 1 && only) {
    await executePrepared(db, insert([only]).getSQL())
    return
  }
  for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
    await insert(rows.slice(from, from + ROWS_A_STATEMENT))
  }
}
