// `makima up`: database, migrations, web and worker, in this order; the end in the opposite one.
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type RunningDatabase, startDatabase } from '@/db/embedded'
import { migrate } from '@/db/migrate'
import { projectRoot } from '@/db/project-root'
import { readEnv } from '@/server/env'
import { AppError } from '@/server/errors'
import { ensureLocalToken, readLocalToken } from '@/server/local-token'
import { ownUrl } from '@/server/own-url'
import { canOpenBrowser, openBrowser } from './browser'
import { type Child, keepRunning, lastWords } from './child'
import type { Address } from './http'
import { makeEntryLink } from './open'
import { choosePort } from './port'
import { childEnvironment, webArguments, workerArguments } from './processes'
import { claimHome, findRunning, noteAddress, releaseHome } from './run-file'
import { openShareDoor, planShareDoor, type ShareDoor, type ShareDoorOptions } from './share-door'
import { followUsualPlaces, importUsualPlaces } from './usual-places'

export type UpOptions = ShareDoorOptions & {
  port?: number
  host?: string
  home?: string
  import: boolean
  open: boolean
}

const WEB_GRACE_MS = 8_000
const WORKER_GRACE_MS = 20_000

/** Runs until it is told to end by Ctrl-C or SIGTERM. */
export async function up(options: UpOptions): Promise<void> {
  const env = readEnv({
    ...process.env,
    ...(options.home === undefined ? {} : { MAKIMA_HOME: options.home }),
    ...(options.host === undefined ? {} : { MAKIMA_HOST: options.host }),
  })
  const { home, host } = env
  const ending = endSignal()
  const database = { current: undefined as RunningDatabase | undefined }
  const children: Child[] = []
  const door = { current: undefined as ShareDoor | undefined }
  prepareHome(home)
  const other = await claimHome(home)
  if (other !== null) return pointAt(home, other.pid, options.open)

  try {
    const port = await choosePort(host, options.port)
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    const shares = await planShareDoor(options, port)
    const token = ensureLocalToken(home)
    warnOpenHost(host)

    say('Starting the database …')
    database.current = await startDatabase(env)
    say(`  ${database.current.where}${database.current.adopted ? ', already running' : ''}`)
    await migrate(database.current.url)
    if (ending.aborted) return

    const childEnv = () =>
      childEnvironment({ home, host, port, databaseUrl: database.current?.url ?? '', shareUrl: shares?.url })
    const logs = join(home, 'logs')
    const common = { cwd: projectRoot(), env: childEnv(), say }
    say('Starting the web page and the worker …')
    const web = { name: 'web', log: join(logs, 'web.log'), graceMs: WEB_GRACE_MS, args: webArguments() }
    const worker = { name: 'worker', log: join(logs, 'worker.log'), graceMs: WORKER_GRACE_MS, args: workerArguments() }
    children.push(keepRunning({ ...common, ...web }), keepRunning({ ...common, ...worker }))

    const reached = ownUrl(host, port)
    await untilAnswers(reached, web.log, ending)
    if (ending.aborted) return
    noteAddress(home, reached)
    say(`Makima is at ${host === '127.0.0.1' || host.includes(':') ? url : reached}`)
    await letBrowserIn({ url: reached, key: token, isOwn: true }, options.open)
    if (shares) {
      door.current = await openShareDoor(shares.host, shares.port, reached)
      say(`Shared conversations, and nothing else, are answered to others at ${shares.url}`)
    }
    if (options.import) void keepUp({ url: reached, key: token, isOwn: true }, ending)
    await watchDatabase(env, database, () => Promise.all(children.map((child) => child.restart(childEnv()))), ending)
  } finally {
    if (children.length > 0) say('Stopping …')
    await door.current?.close()
    for (const child of children) await child.stop()
    await database.current?.stop()
    releaseHome(home)
    if (children.length > 0) say('Makima has stopped.')
  }
}

/** Opens the person's browser by a link that signs it in, and prints a link for another one. */
async function letBrowserIn(address: Address, opens: boolean): Promise<void> {
  const link = await makeEntryLink(address).catch(() => null)
  if (link === null) return say('No link for a browser could be made now. `makima open` makes one.')
  say(`Sign a browser in by this link, once and within an hour (\`makima open\` makes another):\n  ${link.url}`)
  if (!opens || !canOpenBrowser(process.env)) return
  // The browser that opens uses its link up, so it gets one of its own.
  const own = await makeEntryLink(address).catch(() => null)
  if (own) openBrowser(own.url)
}

/** What a person's agents did, and then what they do. */
async function keepUp(address: Address, ending: AbortSignal): Promise<void> {
  await importUsualPlaces(address, say, ending)
  await followUsualPlaces(address, ending)
}

/** Aborted by the first Ctrl-C, SIGTERM or closed terminal; a second Ctrl-C ends the launcher on the spot. */
function endSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (controller.signal.aborted && name === 'SIGINT') process.exit(130)
      controller.abort()
    })
  }
  // A terminal that was closed cannot be written to any more; that must not keep us from ending in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => controller.abort())
  return controller.signal
}

/** What a person's agents said is nobody else's business, whatever the umask. */
function prepareHome(home: string): void {
  try {
    const isRoot = process.getuid?.() === 0
    // The server's user, who is not root, must be able to pass through to its own folder.
    mkdirSync(home, { recursive: true, mode: isRoot ? 0o711 : 0o700 })
    for (const name of ['logs', 'stores', 'worktrees']) {
      mkdirSync(join(home, name), { recursive: true, mode: 0o700 })
      chmodSync(join(home, name), 0o700)
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError(
      'precondition_failed',
      `Makima cannot write in ${home} (${code}). Choose another folder with --home.`,
      { cause },
    )
  }
}

async function pointAt(home: string, pid: number, opens: boolean): Promise<void> {
  for (let waited = 0; waited < 60_000; waited += 250) {
    const running = findRunning(home)
    if (running === null) break
    if (running.url) {
      say(`Makima already runs at ${running.url} (pid ${running.pid}, ${home}). Nothing was started.`)
      return letBrowserIn({ url: running.url, key: readLocalToken(home), isOwn: true }, opens)
    }
    await sleep(250)
  }
  say(`Another Makima is starting or stopping on ${home} (pid ${pid}). Nothing was started.`)
}

function warnOpenHost(host: string): void {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.')) return
  say(
    `On ${host} other machines can reach Makima. Only browsers that are signed in and programs with a key get in; what they ` +
      'send and get is not encrypted unless something before Makima does it.',
  )
}

async function untilAnswers(url: string, log: string, ending: AbortSignal): Promise<void> {
  for (let waited = 0; waited < 60_000 && !ending.aborted; waited += 50) {
    const answer = await fetch(`${url}/api/v1/healthz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null)
    if (answer !== null) return
    await sleep(50)
  }
  if (!ending.aborted) throw new AppError('internal', `The web page did not start within a minute. ${lastWords(log)}`)
}

/** Starts a database that died again; if it had to move to another port, its users are started again too. */
async function watchDatabase(
  env: ReturnType<typeof readEnv>,
  database: { current: RunningDatabase | undefined },
  restartUsers: () => Promise<unknown>,
  ending: AbortSignal,
): Promise<void> {
  while (!ending.aborted) {
    await sleep(1_000, undefined, { signal: ending }).catch(() => {})
    const before = database.current
    if (ending.aborted || before === undefined || before.isAlive()) continue
    say('The database ended; it is started again …')
    try {
      database.current = await startDatabase(env)
      say('The database is back.')
      if (database.current.url !== before.url) await restartUsers()
    } catch (error) {
      say(error instanceof Error ? error.message : String(error))
      await sleep(5_000, undefined, { signal: ending }).catch(() => {})
    }
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
