// Owns the database of one test file: a copy of the migrated template, so that files never see each other's rows.
import { inject } from 'vitest'
import { type Connection, connect } from './client'

export type TestDatabase = Connection & { url: string }

/** A fresh, migrated, empty database. `close` drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const admin = inject('postgresUrl')
  const name = `test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  await asAdmin(admin, `create database "${name}" template makima_template`)
  const url = admin.replace(/\/postgres$/, `/${name}`)
  const connection = connect(url, { max: 5, name: 'makima-test' })
  return {
    ...connection,
    url,
    close: async () => {
      await connection.close()
      await asAdmin(admin, `drop database if exists "${name}" with (force)`)
    },
  }
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const { sql, close } = connect(url, { max: 1 })
  try {
    await sql.unsafe(statement)
  } finally {
    await close()
  }
}
