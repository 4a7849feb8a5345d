// The only door to the git program. Owns isolation: no configuration of the machine or the person, no hooks, no helpers, no
// transports, and every setting of the repository that could run a program or change bytes is overridden on the command line.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { type SimpleGit, simpleGit } from 'simple-git'
import { AppError } from '@/server/errors'

const OVERRIDES: ReadonlyArray<readonly [string, string]> = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', '/dev/null'],
  ['core.excludesFile', '/dev/null'],
  ['core.autocrlf', 'false'],
  ['core.eol', 'lf'],
  ['core.safecrlf', 'false'],
  ['core.quotePath', 'false'],
  ['core.pager', 'cat'],
  ['core.editor', 'false'],
  ['core.askPass', 'false'],
  ['core.sshCommand', 'false'],
  ['core.gitProxy', 'none'],
  ['core.alternateRefsCommand', 'true'],
  ['core.splitIndex', 'false'],
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['protocol.ext.allow', 'never'],
  ['log.showSignature', 'false'],
  ['gpg.program', 'false'],
  ['commit.gpgSign', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['submodule.recurse', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['color.ui', 'false'],
  ['safe.directory', '*'],
]
const OVERRIDE_ARGUMENTS = OVERRIDES.flatMap(([key, value]) => ['-c', `${key}=${value}`])

const ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  GIT_SSH_COMMAND: 'false',
  GIT_EDITOR: 'false',
  GIT_PAGER: 'cat',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_AUTHOR_NAME: 'Makima',
  GIT_AUTHOR_EMAIL: 'makima@localhost',
  GIT_COMMITTER_NAME: 'Makima',
  GIT_COMMITTER_EMAIL: 'makima@localhost',
  LC_ALL: 'C',
}

export interface GitOptions {
  /** Git folder to work on; without it git looks upwards from `cwd`. */
  gitDir?: string
  workTree?: string
  cwd?: string
  /** A private index file. */
  indexFile?: string
  /** More `-c key=value` settings, stronger than the isolation defaults. */
  config?: Record<string, string>
  env?: Record<string, string>
  /** Written to the program's standard input. */
  input?: Buffer | string
  /** Milliseconds; default 120,000. */
  timeoutMs?: number
  /** Output above this many bytes ends the call; default 512 MB. */
  maxBytes?: number
  /** Exit codes that are answers, not errors; default [0]. */
  okCodes?: number[]
  /** Stop reading (not an error) once `maxBytes` are there. */
  truncate?: boolean
}

export interface GitOutput {
  stdout: Buffer
  stderr: string
  code: number
  truncated: boolean
}

/** A git call that ended badly. `stderr` is for logs and decisions, never for quoting to people unasked. */
export class GitError extends Error {
  override readonly name = 'GitError'
  constructor(
    message: string,
    readonly code: number,
    readonly stderr: string,
  ) {
    super(message)
  }
}

/** Starts git isolated and leaves the streams to the caller. */
export function spawnGit(args: string[], options: GitOptions = {}): ChildProcess {
  const settings = Object.entries(options.config ?? {}).flatMap(([key, value]) => ['-c', `${key}=${value}`])
  const place = [
    ...(options.gitDir ? [`--git-dir=${options.gitDir}`] : []),
    ...(options.workTree ? [`--work-tree=${options.workTree}`] : []),
  ]
  return spawn('git', [...place, ...OVERRIDE_ARGUMENTS, ...settings, ...args], {
    cwd: options.cwd ?? options.workTree ?? options.gitDir,
    env: gitEnvironment(options) as NodeJS.ProcessEnv,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

/**
 * Runs git to its end and returns its bytes.
 * @throws AppError `git_failed` when git is missing, takes too long or says too much; GitError on another exit code.
 */
export function runGit(args: string[], options: GitOptions = {}): Promise<GitOutput> {
  const { timeoutMs = 120_000, maxBytes = 512 * 1024 * 1024, okCodes = [0] } = options
  return new Promise((resolve, reject) => {
    const child = spawnGit(args, options)
    const chunks: Buffer[] = []
    let size = 0
    let stderr = ''
    let truncated = false
    let failure: AppError | null = null
    const stop = (error: AppError | null) => {
      failure ??= error
      child.kill('SIGKILL')
    }
    const timer = setTimeout(
      () => stop(new AppError('git_failed', `git ${args[0]} took longer than ${timeoutMs / 1000} s and was stopped.`)),
      timeoutMs,
    )
    child.stdout?.on('data', (chunk: Buffer) => {
      if (truncated) return
      const room = maxBytes - size
      size += chunk.length
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
      if (chunk.length <= room) return
      truncated = true
      stop(
        options.truncate
          ? null
          : new AppError('too_large', `git ${args[0]} answered with more than ${maxBytes} bytes.`),
      )
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      if (stderr.length < 64 * 1024) stderr += chunk.toString('utf8')
    })
    // A program that ends early closes its input: its exit code tells more than the broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input ?? '')
    child.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(spawnFailure(error, options))
    })
    child.on('close', (code) => {
      clearTimeout(timer)
      if (failure) return reject(failure)
      const exit = truncated ? 0 : (code ?? -1)
      if (!okCodes.includes(exit)) {
        return reject(
          new GitError(
            `git ${args.slice(0, 2).join(' ')} ended with ${code}: ${stderr.trim().slice(0, 2000)}`,
            exit,
            stderr,
          ),
        )
      }
      resolve({ stdout: Buffer.concat(chunks), stderr, code: exit, truncated })
    })
  })
}

/** Like `runGit`, for output that is surely text: trimmed at the end. */
export async function gitText(args: string[], options: GitOptions = {}): Promise<string> {
  return (await runGit(args, options)).stdout.toString('utf8').trimEnd()
}

/** simple-git with the same isolation, for short commands in the user's repository whose output is text. */
export function openSimpleGit(folder: string, timeoutMs = 60_000): SimpleGit {
  const allowed = Object.keys(ENVIRONMENT)
  return simpleGit({
    baseDir: folder,
    config: OVERRIDES.map(([key, value]) => `${key}=${value}`),
    timeout: { block: timeoutMs },
    allowEnvironment: allowed,
    unsafe: UNSAFE,
  } as Parameters<typeof simpleGit>[0]).env(baseEnvironment())
}

// simple-git warns of settings that loosen git; all of ours tighten it, so they must be let through.
const UNSAFE = {
  allowUnsafeHooksPath: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeConfigPaths: true,
  allowUnsafePager: true,
  allowUnsafeEditor: true,
  allowUnsafeAskPass: true,
  allowUnsafeSshCommand: true,
  allowUnsafeGitProxy: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeProtocolOverride: true,
  allowUnsafeGpgProgram: true,
}

export interface GitVersion {
  major: number
  minor: number
}

let version: Promise<GitVersion> | null = null

/** The version that is installed. @throws AppError `git_failed` when git is missing or older than 2.35. */
export function requireGit(): Promise<GitVersion> {
  version ??= checkVersion().catch((error: unknown) => {
    version = null
    throw error
  })
  return version
}

async function checkVersion(): Promise<GitVersion> {
  const text = await gitText(['version'], { cwd: '/' })
  const match = /(\d+)\.(\d+)/.exec(text)
  const [major, minor] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? 0)]
  if (major < 2 || (major === 2 && minor < 35)) {
    throw new AppError('git_failed', `Git ${match?.[0] ?? ''} is too old. Install git 2.35 or newer.`)
  }
  return { major, minor }
}

function baseEnvironment(): Record<string, string> {
  const env: Record<string, string> = { ...ENVIRONMENT, PATH: process.env.PATH ?? '/usr/bin:/bin' }
  for (const key of ['TMPDIR', 'SystemRoot', 'HOME'] as const) {
    const value = process.env[key]
    if (value) env[key] = value
  }
  return env
}

function gitEnvironment(options: GitOptions): Record<string, string> {
  return { ...baseEnvironment(), ...(options.indexFile ? { GIT_INDEX_FILE: options.indexFile } : {}), ...options.env }
}

function spawnFailure(error: NodeJS.ErrnoException, options: GitOptions): AppError {
  const place = options.cwd ?? options.workTree ?? options.gitDir
  if (error.code === 'ENOENT' && error.path === 'git') {
    return new AppError(
      'git_failed',
      `Git could not be started in ${place}. Install git, and check that the folder exists.`,
      {
        cause: error,
      },
    )
  }
  return new AppError('git_failed', `Git could not be started: ${error.code ?? error.message}.`, { cause: error })
}

/** Creates a folder only its owner can read. */
export async function makePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
}
