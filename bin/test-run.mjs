// Owns `npm test`: every check in one go, in folders of its own, with one summary. It never touches the person's home,
// database or running Makima.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { browser } from './browser.mjs'
import { build, checkGit, install, root, run, say, Told } from './prepare.mjs'

const STEPS = ['types', 'lint', 'format', 'unit', 'build', 'browser']

/** Runs the named steps (none: all of them) and sets the exit code. */
export async function runTests(words) {
  const wanted = words.length === 0 ? STEPS : words
  const unknown = wanted.filter((word) => !STEPS.includes(word))
  if (unknown.length > 0) {
    console.error(`There is no step "${unknown[0]}". Steps: ${STEPS.join(', ')}.`)
    process.exitCode = 2
    return
  }
  const state = { interrupted: false }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => (state.interrupted = true))

  const results = []
  const folder = await makeFolder()
  try {
    checkGit()
    await install()
    const world = { folder, env: cleanEnvironment(folder), realEnv: process.env, results }
    for (const name of STEPS.filter((step) => wanted.includes(step))) {
      if (state.interrupted) break
      say(`\n${TITLES[name]} …`)
      const startedAt = Date.now()
      const result = await RUNNERS[name](world).catch((error) =>
        failed(error instanceof Told ? error.message : error.stack),
      )
      results.push({ name, ...result, seconds: (Date.now() - startedAt) / 1000 })
      if (result.said) say(result.said)
    }
  } catch (error) {
    say(error instanceof Told ? error.message : error.stack)
    results.push({ name: 'prepare', passed: 0, failed: 1, skipped: 0, seconds: 0 })
  } finally {
    await removeFolder(folder)
  }
  if (state.interrupted) results.push({ name: 'interrupted', passed: 0, failed: 1, skipped: 0, seconds: 0 })
  summary(results)
}

const TITLES = {
  types: 'Types',
  lint: 'Lint, with the arrows of who may import whom',
  format: 'Format',
  unit: 'Unit and integration tests, on a real PostgreSQL and real git',
  build: 'Production build',
  browser: 'Browser tests, on the production build',
}

const RUNNERS = {
  types: async ({ env }) => {
    // Writes next-env.d.ts and the types of the routes, which a fresh clone lacks.
    await quiet(bin('next/dist/bin/next'), ['typegen'], env)
    return check(bin('typescript/package.json', 'bin/tsc'), ['--noEmit'], env)
  },
  lint: ({ env }) => check(bin('oxlint/package.json', 'bin/oxlint'), ['--type-aware', '--deny-warnings'], env),
  format: ({ env }) => check(bin('@biomejs/biome/package.json', 'bin/biome'), ['format', '.'], env),
  unit: async ({ folder, env }) => {
    const report = join(folder, 'vitest.json')
    const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
    const code = await run(process.execPath, [bin('vitest/package.json', 'vitest.mjs'), ...args], {
      env,
      timeoutMs: 1_800_000,
    })
    return vitestResult(report, code)
  },
  build: async () => {
    await build()
    return { passed: 1, failed: 0, skipped: 0 }
  },
  browser: async ({ folder, env, realEnv, results }) => {
    if (results.some(({ name, failed: bad }) => name === 'build' && bad > 0))
      return failed('Not run, as there is no build.')
    // Found with the person's own environment: Playwright keeps its browsers in the home folder.
    const path = await browser()
    say(`  ${path}`)
    await build()
    const report = join(folder, 'playwright.json')
    const home = join(folder, 'makima')
    const settings = {
      MAKIMA_E2E_BROWSER: path,
      MAKIMA_E2E_PORT: String(await freePort()),
      MAKIMA_E2E_HOME: home,
      PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      ...(realEnv.CI ? { CI: realEnv.CI } : {}),
    }
    const args = ['test', '--pass-with-no-tests', '--reporter=line,json']
    const cli = bin('@playwright/test/cli')
    const code = await run(process.execPath, [cli, ...args], { env: { ...env, ...settings }, timeoutMs: 900_000 })
    return playwrightResult(report, code)
  },
}

/** The script of a package's program; through package.json where the script itself is not exported. */
function bin(request, file) {
  const path = createRequire(join(root, 'package.json')).resolve(request)
  return file ? join(path, '..', file) : path
}

async function quiet(script, args, env) {
  const output = []
  const code = await run(process.execPath, [script, ...args], { env, output, timeoutMs: 240_000 })
  return { code, text: Buffer.concat(output).toString().trim() }
}

async function check(script, args, env) {
  const { code, text } = await quiet(script, args, env)
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : failed(text)
}

function failed(said) {
  return { passed: 0, failed: 1, skipped: 0, said }
}

function vitestResult(file, code) {
  if (!existsSync(file))
    return failed('The tests ended without a report: they crashed or took more than a quarter of an hour.')
  const report = JSON.parse(readFileSync(file, 'utf8'))
  // A file that cannot even be loaded has no tests that could fail.
  const broken = report.testResults.filter((suite) => suite.status === 'failed' && suite.assertionResults.length === 0)
  const failures = report.numFailedTests + broken.length
  return {
    passed: report.numPassedTests,
    failed: code !== 0 && failures === 0 ? 1 : failures,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

function playwrightResult(file, code) {
  if (!existsSync(file))
    return code === 0 ? { passed: 0, failed: 0, skipped: 0 } : failed('The browser tests ended without a report.')
  const { stats } = JSON.parse(readFileSync(file, 'utf8'))
  return {
    passed: stats.expected + stats.flaky,
    failed: code !== 0 && stats.unexpected === 0 ? 1 : stats.unexpected,
    skipped: stats.skipped,
  }
}

function summary(results) {
  const width = Math.max(...results.map(({ name }) => name.length))
  say('\nSummary')
  for (const { name, passed, failed: bad, skipped, seconds } of results) {
    const rest = skipped > 0 ? `, ${skipped} skipped` : ''
    say(
      `  ${bad > 0 ? '✗' : '✓'} ${name.padEnd(width)}  ${passed} passed, ${bad} failed${rest}  (${seconds.toFixed(1)} s)`,
    )
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0)
  say(`\n${total('passed')} passed, ${total('failed')} failed`)
  process.exitCode = total('failed') > 0 || total('passed') === 0 ? 1 : 0
}

const PREFIX = 'makima-test-run-'

/** A folder for everything the run writes; those of runs that were killed are removed first. */
async function makeFolder() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1])
    if (pid > 0 && !isAlive(pid)) await removeFolder(join(tmpdir(), name))
  }
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`))
  // PostgreSQL runs as another user when we are root and must be able to pass.
  chmodSync(folder, 0o755)
  for (const name of ['home', 'tmp']) mkdirSync(join(folder, name), { mode: 0o755 })
  return folder
}

/** Ends servers whose data lies in the folder, then removes it; what a dying process still writes is waited for. */
async function removeFolder(folder) {
  for (let attempt = 0; attempt < 60 && existsSync(folder); attempt++) {
    for (const pid of serversIn(folder)) {
      try {
        process.kill(pid, 'SIGQUIT')
      } catch {
        // Gone already.
      }
    }
    try {
      rmSync(folder, { recursive: true, force: true })
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 250))
    }
  }
  if (existsSync(folder)) say(`${folder} could not be removed, as something still writes in it.`)
}

function serversIn(folder) {
  const places = [join(folder, 'makima', 'postgres')]
  const tmp = join(folder, 'tmp')
  if (existsSync(tmp))
    for (const name of readdirSync(tmp)) places.push(join(tmp, name, 'data'), join(tmp, name, 'postgres'))
  return places
    .map((place) => join(place, 'postmaster.pid'))
    .filter((file) => existsSync(file))
    .map((file) => Number.parseInt(readFileSync(file, 'utf8'), 10))
    .filter((pid) => pid > 1)
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** What the checks see: the tools of this machine, but nobody's home, database, git settings or running Makima. */
function cleanEnvironment(folder) {
  const foreign = /^(npm_|force_color$|no_color$|makima_|git_|xdg_|database_url$|pg[a-z]+$|node_env$|init_cwd$|ci$)/i
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
  return {
    ...env,
    HOME: join(folder, 'home'),
    TMPDIR: join(folder, 'tmp'),
    NEXT_TELEMETRY_DISABLED: '1',
    ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }),
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
