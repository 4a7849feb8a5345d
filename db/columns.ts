// Column shapes that several tables share, so that a time or a token count means the same everywhere.
import { sql } from 'drizzle-orm'
import { bigint, customType, timestamp, uuid } from 'drizzle-orm/pg-core'

/** A moment with milliseconds, in UTC. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date', precision: 3 })

export const id = () => uuid('id').primaryKey()
export const ownerId = () => uuid('owner_id').notNull()
export const createdAt = () => moment('created_at').notNull().default(sql`now()`)
/** A count that can pass two thousand million; JavaScript reads it as a number, exact up to 2^53. */
export const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/** Token counts of a row that is a sum or a message; cost is in US dollars. */
export const tokenTotals = () => ({
  tokensInput: count('tokens_input'),
  tokensOutput: count('tokens_output'),
  tokensCacheRead: count('tokens_cache_read'),
  tokensCacheWrite: count('tokens_cache_write'),
})

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
export const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })
export const xid8 = customType<{ data: string }>({ dataType: () => 'xid8' })
