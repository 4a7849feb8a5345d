// Owns one PostgreSQL data folder: make it, start it, find it running, stop it. Everything goes through pg_ctl, so the
// server belongs to no Node process and outlives a launcher that dies. Callers hold a lock while they start or stop.
import { execFile } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { AppError } from '@/server/errors'
import type { Binaries } from './embedded-binaries'
import type { ServerUser } from './embedded-user'
import { processesIn, processName, processStart } from '@/server/process-identity'

const run = promisify(execFile)

export type Cluster = { dataDir: string; binaries: Binaries; user: ServerUser }

const PASSWORD_FILE = 'makima-password'
const RETRY_MS = 15_000

/** Makes the data folder if it is not there yet; a run cut short leaves only DIR.tmp, which the next one replaces. */
export async function createCluster({ dataDir, binaries, user }: Cluster, password: string): Promise<void> {
  if (existsSync(join(dataDir, 'PG_VERSION'))) return refuseOtherMajor(dataDir, binaries.major)
  const draft = `${dataDir}.tmp`
  const passwordFile = `${dataDir}.password`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  writeFileSync(passwordFile, password, { mode: 0o600 })
  try {
    if (user) for (const path of [draft, passwordFile]) chownSync(path, user.uid, user.gid)
    const options = ['-U', 'makima', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C']
    options.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions')
    await call({ dataDir: draft, binaries, user }, 'initdb', ['-D', draft, ...options])
    renameSync(passwordFile, join(draft, PASSWORD_FILE))
    renameSync(draft, dataDir)
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true })
    throw failure('The built-in PostgreSQL could not make its data folder', dataDir, cause)
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

/** The password the data folder was made with. */
export function readPassword(dataDir: string): string {
  return readFileSync(join(dataDir, PASSWORD_FILE), 'utf8').trim()
}

/** Starts the server on a free port (`preferredPort` if it is free) and returns that port and the server's pid. */
export async function startServer(
  cluster: Cluster,
  preferredPort: number | null,
  settings: Record<string, string> = {},
): Promise<{ port: number; pid: number }> {
  const { dataDir } = cluster
  const deadline = Date.now() + RETRY_MS
  for (let attempt = 0; ; attempt++) {
    await clearStalePid(dataDir)
    const port = attempt === 0 ? await freePort(preferredPort) : await freePort(null)
    const log = join(dataDir, 'server.log')
    rmSync(log, { force: true })
    const options = Object.entries({ ...defaults(), ...settings }).map(([name, value]) => `-c ${name}=${value}`)
    try {
      const command = `-p ${port} ${options.join(' ')}`
      await call(cluster, 'pg_ctl', ['start', '-w', '-t', '120', '-s', '-D', dataDir, '-l', log, '-o', command])
      const running = findServer(dataDir)
      if (running) return running
    } catch (cause) {
      const tail = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n').slice(-6).join('\n') : ''
      // Left over from a server that was killed; both go away by themselves.
      const passing = /postmaster\.pid" already exists|shared memory block|Address already in use/.test(tail)
      if (!passing || Date.now() > deadline)
        throw failure(`The built-in PostgreSQL did not start. ${tail}`, dataDir, cause)
      await sleep(300)
    }
  }
}

/** Port and pid of the server that runs on the folder, read from its own pid file; null when none does. */
export function findServer(dataDir: string): { port: number; pid: number } | null {
  const file = join(dataDir, 'postmaster.pid')
  if (!existsSync(file)) return null
  const lines = readFileSync(file, 'utf8').split('\n')
  const pid = Number(lines[0])
  const port = Number(lines[3])
  return processStart(pid) !== null && isServerProgram(pid) && port > 0 ? { pid, port } : null
}

/** Stops the server; connections are ended, what was committed stays. Does nothing when none runs. */
export async function stopServer(cluster: Cluster, mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
  if (findServer(cluster.dataDir) === null) return
  await call(cluster, 'pg_ctl', ['stop', '-w', '-t', '60', '-s', '-m', mode, '-D', cluster.dataDir])
}

function isServerProgram(pid: number): boolean {
  const name = processName(pid)
  return name === null || name.startsWith('postgres')
}

/**
 * A killed server leaves its pid file. PostgreSQL replaces it when that pid is free, but not when the pid is a zombie or
 * now belongs to another program. Removing it while a backend still writes would corrupt the data, so wait for those.
 */
async function clearStalePid(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid')
  if (!existsSync(file) || findServer(dataDir) !== null) return
  for (let waited = 0; processesIn(dataDir).length > 0 && waited < RETRY_MS; waited += 100) await sleep(100)
  if (processesIn(dataDir).length === 0) rmSync(file, { force: true })
}

function refuseOtherMajor(dataDir: string, major: string): void {
  const found = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim()
  if (found === major) return
  throw new AppError(
    'precondition_failed',
    `The data in ${dataDir} was written by PostgreSQL ${found}, and this Makima brings PostgreSQL ${major}. ` +
      `Start the Makima that wrote it, or move the folder away to begin anew, or set DATABASE_URL.`,
  )
}

/**
 * An error and its statement, its row and its parameters are told to who asked; in the server's own log they would lie
 * about what people stored. What the server says of itself, and why it would not start, stays.
 */
const SILENT = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  log_lock_waits: 'off',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
}

function defaults(): Record<string, string> {
  const small = totalmem() < 3e9
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    // Paths of Unix sockets are limited to about 100 bytes; nobody needs them.
    unix_socket_directories: "''",
    shared_buffers: small ? '64MB' : '256MB',
    work_mem: '16MB',
    maintenance_work_mem: small ? '64MB' : '128MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    random_page_cost: '1.1',
    max_locks_per_transaction: '256',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...SILENT,
  }
  // Containers give /dev/shm 64 MB by default, which one parallel query can fill.
  if (existsSync('/dev/shm')) {
    const shm = statfsSync('/dev/shm')
    if (shm.blocks * shm.bsize < 256e6) settings.dynamic_shared_memory_type = 'mmap'
  }
  return settings
}

async function freePort(preferred: number | null): Promise<number> {
  const tryPort = (port: number) =>
    new Promise<number | null>((resolve) => {
      const probe = createServer()
      probe.once('error', () => resolve(null))
      probe.listen(port, '127.0.0.1', () => {
        const address = probe.address()
        probe.close(() => resolve(typeof address === 'object' && address ? address.port : null))
      })
    })
  const port = (preferred === null ? null : await tryPort(preferred)) ?? (await tryPort(0))
  if (port === null) throw new AppError('internal', 'No free port was found on 127.0.0.1 for the built-in PostgreSQL.')
  return port
}

function call({ binaries, user }: Cluster, program: string, args: string[]) {
  return run(join(binaries.bin, program), args, {
    ...user,
    // The server's user may not be able to enter the folder we were started in.
    cwd: '/',
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', HOME: '/', NODE_ENV: 'production' },
    maxBuffer: 1 << 24,
  })
}

function failure(what: string, dataDir: string, cause: unknown): AppError {
  if (cause instanceof AppError) return cause
  const said = (cause as { stderr?: string }).stderr?.trim() || (cause as Error).message
  const full = /No space left|ENOSPC/.test(`${what} ${said}`) ? ' The disk is full: make room and start again.' : ''
  return new AppError(
    'internal',
    `${what} (${dataDir}): ${said}${full} Or set DATABASE_URL to a PostgreSQL of your own.`,
    {
      cause,
    },
  )
}
