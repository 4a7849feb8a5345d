// What happened: partitioned by month, so its tables are made by hand in a migration and kept out of the generator's sight.
import { bigint, date, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { moment, ownerId, xid8 } from './columns'

/** Append-only facts. No foreign keys: an event outlives what it tells of. */
export const historyEvents = pgTable('history_events', {
  id: uuid('id').notNull(),
  ownerId: ownerId(),
  contractId: uuid('contract_id'),
  taskId: uuid('task_id'),
  repositoryId: uuid('repository_id'),
  agent: text('agent'),
  eventType: text('event_type').notNull(),
  eventSubtype: text('event_subtype'),
  phase: text('phase'),
  eventData: jsonb('event_data').notNull(),
  createdAt: moment('created_at').notNull(),
  /** The writing transaction: a live reader goes on in commit order by it, as a larger id can commit earlier. */
  tx: xid8('tx').notNull(),
})

/** Totals by day, so that counts and the density bar never count rows. */
export const historyCounts = pgTable(
  'history_counts',
  {
    ownerId: ownerId(),
    /** `owner`, `contract`, `task` or `repository`. */
    scope: text('scope').notNull(),
    scopeId: uuid('scope_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    eventType: text('event_type').notNull(),
    phase: text('phase').notNull(),
    agent: text('agent').notNull(),
    n: bigint('n', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerId, t.scope, t.scopeId, t.day, t.eventType, t.phase, t.agent] })],
)
