// Owns the PostgreSQL of a test run: a throw-away server in a temporary folder with a migrated template database.
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { connect } from './client'
import { findBinaries } from './embedded-binaries'
import { type Cluster, createCluster, startServer, stopServer } from './embedded-server'
import { serverUser } from './embedded-user'
import { migrate } from './migrate'
import { isRunning, ownIdentity, type ProcessIdentity } from '@/server/process-identity'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the test server's `postgres` database; its databases are made from `makima_template`. */
    postgresUrl: string
  }
}

const PREFIX = 'makima-test-postgres-'

/** Speed over safety: nothing here is meant to outlive the run. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
}

function clusterIn(folder: string): Cluster {
  const dataDir = join(folder, 'data')
  const user = serverUser(dataDir)
  // The healed copy of the programs, if one is needed, is kept between runs.
  const cache = join(tmpdir(), `makima-test-cache-${process.getuid?.() ?? 0}`)
  if (!existsSync(cache)) mkdirSync(cache, { mode: 0o755 })
  return { dataDir, user, binaries: findBinaries(cache, user) }
}

/** Starts the server before the first test and removes it and its files after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), PREFIX))
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'owner.json'), JSON.stringify(ownIdentity()))
  const cluster = clusterIn(folder)
  const teardown = () => remove(cluster, folder)
  try {
    const password = randomBytes(16).toString('hex')
    await createCluster(cluster, password)
    const { port } = await startServer(cluster, null, SETTINGS)
    const url = `postgres://makima:${password}@127.0.0.1:${port}`
    const admin = connect(`${url}/postgres`, { max: 1 })
    await admin.sql`create database makima_template`
    await admin.close()
    await migrate(`${url}/makima_template`)
    project.provide('postgresUrl', `${url}/postgres`)
  } catch (error) {
    await teardown()
    throw error
  }
  return teardown
}

async function remove(cluster: Cluster, folder: string): Promise<void> {
  await stopServer(cluster, 'immediate')
  rmSync(folder, { recursive: true, force: true })
}

/** A run that was killed could not clean up: its server and files go now. */
async function removeLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name)
    try {
      const owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8')) as ProcessIdentity
      if (!isRunning(owner)) await remove(clusterIn(folder), folder)
    } catch {
      // Another user's, or being made right now.
    }
  }
}
