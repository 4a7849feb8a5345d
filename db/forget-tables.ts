// The tables of what was forgotten: each act, the keyed hashes by which it is known again, and how long things are kept.
import { bigint, index, integer, jsonb, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { bytea, createdAt, id, moment, ownerId } from './columns'

/** One act of forgetting. It holds kinds, counts and ids; `needle` and `plan` are there only until it is done. */
export const forgettings = pgTable(
  'forgettings',
  {
    id: id(),
    ownerId: ownerId(),
    /** `contract`, `task`, `transcript`, `string` or `retention`. */
    kind: text('kind').notNull(),
    subjectId: uuid('subject_id'),
    options: jsonb('options').notNull().default({}),
    /** The string, encrypted with the key of the home folder. */
    needle: bytea('needle'),
    planHash: text('plan_hash').notNull(),
    /** The ids of what goes, so that an act that was cut off ends whole. */
    plan: jsonb('plan'),
    /** How many of each kind went. */
    counts: jsonb('counts').notNull().default({}),
    /** Sentences on what could not be reached, without names. */
    remains: jsonb('remains').notNull().default([]),
    /** `queued`, `running`, `done` or `failed`. */
    state: text('state').notNull().default('queued'),
    step: text('step'),
    error: text('error'),
    createdAt: createdAt(),
    startedAt: moment('started_at'),
    finishedAt: moment('finished_at'),
  },
  (t) => [index('forgettings_by_time').on(t.ownerId, t.createdAt, t.id)],
)

/** By what a forgotten thing is known when it is met again: HMACs with a key that lies in the home folder, nothing else. */
export const tombstones = pgTable(
  'tombstones',
  {
    id: id(),
    ownerId: ownerId(),
    forgettingId: uuid('forgetting_id').notNull(),
    /** `contract`, `task`, `session`, `thread`, `prompt`, `prefix` or `string`. */
    kind: text('kind').notNull(),
    hash: bytea('hash').notNull(),
    /** Bytes that the hash is of, for `prefix` and `string`. */
    size: integer('size'),
    /** Rabin-Karp sum of a string, by which it is found in one pass; the hash then decides. */
    rolling: bigint('rolling', { mode: 'number' }),
    createdAt: createdAt(),
  },
  (t) => [
    unique('tombstones_hash').on(t.ownerId, t.kind, t.hash),
    index('tombstones_by_forgetting').on(t.forgettingId),
  ],
)

/** How many days each kind is kept. Null: for ever. */
export const retentionSettings = pgTable('retention_settings', {
  ownerId: uuid('owner_id').primaryKey(),
  conversationSnapshots: integer('conversation_snapshots'),
  codeSnapshots: integer('code_snapshots'),
  shelf: integer('shelf'),
  transcripts: integer('transcripts'),
  updatedAt: moment('updated_at').notNull(),
})
