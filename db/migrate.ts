// Owns bringing a database up to date: our tables and the job library's. Several processes may try at once.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import { Logger, runMigrations as migrateJobs } from 'graphile-worker'
import postgres from 'postgres'
import { AppError } from '@/server/errors'
import { projectRoot } from './project-root'

/** Any number that nobody else takes a lock on: the letters of "makima". */
const LOCK = 0x6d616b696d61

const silent = new Logger(() => () => {})

/** Oldest PostgreSQL our SQL runs on. */
const OLDEST = 15

/** Applies what is missing; does nothing on a database that is up to date. Throws a sentence when the server is too old. */
export async function migrate(url: string): Promise<void> {
  const folder = join(projectRoot(), 'db', 'migrations')
  // Advisory locks belong to a session, so the lock and the migrations share the only connection.
  const client = postgres(url, {
    max: 1,
    connect_timeout: 10,
    onnotice: () => {},
    connection: { application_name: 'makima-migrate' },
  })
  try {
    const [row] = await client<{ version: string }[]>`select current_setting('server_version_num') as version`
    const major = Math.floor(Number(row?.version) / 10_000)
    if (major < OLDEST) {
      throw new AppError(
        'precondition_failed',
        `DATABASE_URL leads to PostgreSQL ${major}; Makima needs ${OLDEST} or newer.`,
      )
    }
    await client`select pg_advisory_lock(${LOCK})`
    if (existsSync(join(folder, 'meta', '_journal.json'))) {
      await applyMigrations(drizzle(client), { migrationsFolder: folder })
    }
    await migrateJobs({ connectionString: url, logger: silent })
  } finally {
    await client.end({ timeout: 5 })
  }
}
