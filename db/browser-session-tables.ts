// The tables of browsers that were let in: one-time links that a person opens, and the sessions they begin.
import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { createdAt, id, moment, ownerId } from './columns'

/** A link that lets one browser in, once. Only the hash of its secret is kept. */
export const entryLinks = pgTable(
  'entry_links',
  {
    secretHash: text('secret_hash').primaryKey(),
    ownerId: ownerId(),
    createdAt: createdAt(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  // Old links are removed by their age.
  (t) => [index('entry_links_by_expiry').on(t.expiresAt)],
)

/** One browser that was let in. Its cookie holds the secret of which this is the hash. */
export const browserSessions = pgTable(
  'browser_sessions',
  {
    id: id(),
    ownerId: ownerId(),
    secretHash: text('secret_hash').notNull().unique(),
    /** Which browser, as it says itself: "Firefox on Linux". */
    browser: text('browser').notNull(),
    createdAt: createdAt(),
    lastUsedAt: moment('last_used_at').notNull(),
    endedAt: moment('ended_at'),
  },
  (t) => [index('browser_sessions_by_time').on(t.ownerId, t.createdAt, t.id)],
)
