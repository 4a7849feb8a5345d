// `makima doctor`: what Makima needs, what of it is there, and where things are.
import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { placeFor, readState } from '@/db/embedded-place'
import { findServer } from '@/db/embedded-server'
import { readEnv } from '@/server/env'
import { say } from './output'
import { findRunning } from './run-file'

type Finding = { name: string; ok: boolean; says: string }

/** Prints one line per finding; exit code 1 when something is wrong (not running is not wrong). */
export async function doctor(options: { json?: boolean; home?: string }): Promise<void> {
  const env = readEnv()
  const home = options.home ? resolve(options.home) : env.home
  const running = findRunning(home)
  const findings: Finding[] = [
    { name: 'Node.js', ok: true, says: process.versions.node },
    git(),
    { name: 'Home', ok: true, says: home },
    database(home, env.databaseUrl, running !== null),
    {
      name: 'Makima',
      ok: true,
      says: running ? `runs at ${running.url ?? '(starting)'}, pid ${running.pid}` : 'does not run',
    },
  ]
  if (running?.url) findings.push(await ready(running.url))
  if (options.json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else for (const { name, ok, says } of findings) say(`${ok ? '✓' : '✗'} ${name.padEnd(9)} ${says}`)
  if (findings.some((finding) => !finding.ok)) process.exitCode = 1
}

function git(): Finding {
  try {
    return { name: 'git', ok: true, says: execFileSync('git', ['--version'], { encoding: 'utf8' }).trim().slice(12) }
  } catch {
    return { name: 'git', ok: false, says: 'was not found; install it from https://git-scm.com' }
  }
}

function database(home: string, url: string | undefined, expected: boolean): Finding {
  if (url) return { name: 'Database', ok: true, says: 'DATABASE_URL' }
  const state = readState(home)
  const dataDir = state?.dataDir ?? placeFor(home).dataDir
  const server = findServer(dataDir)
  if (server)
    return { name: 'Database', ok: true, says: `built-in, port ${server.port}, pid ${server.pid}, data in ${dataDir}` }
  return { name: 'Database', ok: !expected, says: `built-in, does not run, data in ${dataDir}` }
}

async function ready(url: string): Promise<Finding> {
  try {
    const response = await fetch(`${url}/api/v1/readyz`)
    return { name: 'Ready', ok: response.ok, says: (await response.text()).trim().slice(0, 300) }
  } catch (error) {
    return {
      name: 'Ready',
      ok: false,
      says: `nothing answers at ${url} (${error instanceof Error ? error.message : String(error)})`,
    }
  }
}
