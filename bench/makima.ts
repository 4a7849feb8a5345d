// A Makima of its own, started as a person starts it: through the launcher, on a free port, with a home that goes away.
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { projectRoot } from '@/db/project-root'
import { readLocalToken } from '@/server/local-token'
import type { ImportView } from '@/server/services/views'
import type { World } from './world'

export type Makima = {
  url: string
  /** Imports a path through REST and answers with the finished report. */
  importPath: (path: string) => Promise<ImportView>
  /** Asks at a path of its own, as a program of the person does. */
  ask: Ask
  /** The address of a link that signs one browser in. */
  makeLink: () => Promise<string>
}

type Asked = { method?: string; body?: string; headers?: Record<string, string>; signal?: AbortSignal }
type Ask = (path: string, asked?: Asked) => Promise<Response>

/** Building, when the sources were not built yet, is part of the start. */
const START_MS = 300_000

/** Starts it, on its own database or on `databaseUrl`; it ends with the world. Throws with the launcher's last words when it does not come up. */
export async function startMakima(world: World, databaseUrl?: string): Promise<Makima> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const home = join(world.folder, 'home')
  const args = ['up', '--no-open', '--no-import', '--home', home, '--port', String(port)]
  const env: NodeJS.ProcessEnv = { ...process.env, MAKIMA_LOG: 'warn' }
  // This run's own: the launcher decides anew.
  for (const name of ['DATABASE_URL', 'MAKIMA_HOME', 'MAKIMA_BUILD', 'MAKIMA_ROOT', 'NODE_OPTIONS']) delete env[name]
  if (databaseUrl) env.DATABASE_URL = databaseUrl
  const child = spawn(process.execPath, [join(projectRoot(), 'bin', 'makima'), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  })
  world.onEnd(() => stop(child))
  let words = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (words += part.toString()))
  const deadline = Date.now() + START_MS
  while (!words.includes(`Makima is at ${url}`)) {
    if (child.exitCode !== null || Date.now() > deadline)
      throw new Error(`Makima did not start:\n${words.slice(-2_000)}`)
    await sleep(50)
  }
  const authorization = `Bearer ${readLocalToken(home)}`
  const ask: Ask = (path, asked) =>
    fetch(`${url}${path}`, {
      ...asked,
      headers: { 'content-type': 'application/json', authorization, ...asked?.headers },
    })
  const makeLink = async () => {
    const answer = await ask('/api/v1/browser-sessions/links', { method: 'POST', body: '{}' })
    return url + ((await answer.json()) as { path: string }).path
  }
  return { url, ask, makeLink, importPath: (path) => importPath(ask, path) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await Promise.race([gone, sleep(40_000)])
}

async function importPath(ask: Ask, path: string): Promise<ImportView> {
  const asked = await ask('/api/v1/imports', { method: 'POST', body: JSON.stringify({ path }) })
  if (!asked.ok) throw new Error(`the import was refused: ${await asked.text()}`)
  const { importId } = (await asked.json()) as { importId: string }
  for (;;) {
    const answer = await ask(`/api/v1/imports/${importId}`)
    const view = (await answer.json()) as ImportView
    if (view.state === 'done') return view
    if (view.state === 'failed') throw new Error(view.error ?? 'the import failed')
    await sleep(250)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  if (typeof address !== 'object' || address === null) throw new Error('no free port was found')
  return address.port
}
