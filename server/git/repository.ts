// Finds a repository and reads its facts. Reads only: opening a repository changes nothing in it.
import { access, constants, readFile, realpath, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { AppError } from '@/server/errors'
import { gitText, requireGit, runGit } from './git'
import { splitNul } from './paths'
import type { HeadState, ObjectFormat, Repository, WorktreeRepository } from './types'

/**
 * Opens the repository that holds `path` (a folder inside it will do).
 * @throws AppError `not_found` (missing), `forbidden` (unreadable), `invalid` (not a folder, not a repository), `git_failed`.
 */
export async function openRepository(path: string): Promise<Repository> {
  await requireGit()
  const folder = await readableFolder(path)
  const facts = await locate(folder, path)
  const [head, config, attributes] = await Promise.all([
    readHead(facts),
    readConfig(facts.gitDir),
    hasAttributes(facts),
  ])
  const shallow = facts.shallow
  const rootCommits = head.sha && !shallow ? await readRootCommits(facts.commonDir, head.sha) : []
  return {
    path: folder,
    topLevel: facts.topLevel,
    gitDir: facts.gitDir,
    commonDir: facts.commonDir,
    bare: facts.topLevel === null,
    objectFormat: facts.objectFormat,
    head,
    rootCommits,
    remote: normaliseRemote(config.get('remote.origin.url') ?? null),
    empty: head.sha === null,
    shallow,
    sparse: isTrue(config.get('core.sparsecheckout')),
    partial: [...config.keys()].some((key) => key.endsWith('.promisor') || key === 'extensions.partialclone'),
    fileMode: config.get('core.filemode') !== 'false',
    symlinks: config.get('core.symlinks') !== 'false',
    converts: attributes || (await mayConvert(facts, config)),
  }
}

/** @throws AppError `precondition_failed` when the repository is bare. */
export function requireWorktree(repository: Repository): WorktreeRepository {
  if (repository.topLevel === null) {
    throw new AppError(
      'precondition_failed',
      `${repository.path} is a bare repository without files. Open a clone or a worktree of it instead.`,
    )
  }
  return repository as WorktreeRepository
}

/** HEAD as it is at this moment. */
export async function readHead(repository: { gitDir: string; commonDir: string }): Promise<HeadState> {
  const { gitDir } = repository
  const text = await readFile(join(gitDir, 'HEAD'), 'utf8').catch(() => '')
  const branch = /^ref: refs\/heads\/(.+)$/m.exec(text)?.[1] ?? null
  const quick = await readHeadFile(repository, text, branch)
  if (quick) return { sha: quick, branch, detached: branch === null }
  const parsed = await runGit(['rev-parse', '--verify', '-q', 'HEAD^{commit}'], { gitDir, okCodes: [0, 1, 128] })
  const sha = parsed.code === 0 ? parsed.stdout.toString().trim() : null
  return { sha, branch, detached: !text.startsWith('ref:') }
}

/** The usual case, a detached HEAD or a branch with a file of its own, needs no process. Anything else is git's to answer. */
async function readHeadFile(
  repository: { commonDir: string },
  head: string,
  branch: string | null,
): Promise<string | null> {
  const sha = (text: string) => /^([0-9a-f]{64}|[0-9a-f]{40})\n?$/.exec(text)?.[1] ?? null
  if (branch === null) return sha(head)
  return sha(await readFile(join(repository.commonDir, 'refs/heads', branch), 'utf8').catch(() => ''))
}

interface Located {
  topLevel: string | null
  gitDir: string
  commonDir: string
  objectFormat: ObjectFormat
  shallow: boolean
}

async function readableFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path)
    const facts = await stat(real)
    if (!facts.isDirectory()) throw new AppError('invalid', `${path} is a file. Give the folder of the repository.`)
    await access(real, constants.R_OK | constants.X_OK)
    return real
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new AppError('not_found', `The folder ${path} does not exist. Check the path.`, { cause: error })
    }
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError('forbidden', `The folder ${path} may not be read by this user. Change its permissions.`, {
        cause: error,
      })
    }
    throw error
  }
}

async function locate(folder: string, asked: string): Promise<Located> {
  const flags = ['--absolute-git-dir', '--git-common-dir', '--show-object-format', '--is-inside-work-tree']
  // The last one is an error outside of the files, in a bare repository for example; the others were answered by then.
  const args = ['rev-parse', ...flags, '--is-shallow-repository', '--show-toplevel']
  const { stdout, stderr, code } = await runGit(args, { cwd: folder, okCodes: [0, 128] })
  const [gitDir = '', common = '', format = 'sha1', inside, shallow, top] = stdout.toString('utf8').split('\n')
  if (shallow === undefined || shallow === '' || (code !== 0 && inside !== 'false')) throw unreadable(asked, stderr)
  const commonDir = await realpath(join(common.startsWith('/') ? '' : folder, common))
  const topLevel = inside === 'true' ? (top ?? '') : await worktreeOfGitDir(gitDir)
  if (topLevel !== null) await requireOwnFolder(topLevel, gitDir)
  return {
    topLevel,
    gitDir,
    commonDir,
    objectFormat: format === 'sha256' ? 'sha256' : 'sha1',
    shallow: shallow === 'true',
  }
}

function unreadable(asked: string, stderr: string): AppError {
  const cause = new Error(stderr.trim().slice(0, 2000))
  if (/not a git repository/i.test(stderr)) {
    return new AppError(
      'invalid',
      `${asked} is not inside a git repository. Run "git init" there, or choose another folder.`,
      { cause },
    )
  }
  return new AppError('git_failed', `Git cannot read the repository at ${asked}. Run "git status" there to see why.`, {
    cause,
  })
}

/** `core.worktree` of a hostile repository could name any folder of the disk as its files; only one with its own `.git` counts. */
async function requireOwnFolder(topLevel: string, gitDir: string): Promise<void> {
  const entry = join(topLevel, '.git')
  const text = await readFile(entry, 'utf8').catch(() => null)
  const named = text === null ? entry : resolve(topLevel, /^gitdir: (.+)$/m.exec(text)?.[1] ?? '.git')
  const [real, wanted] = await Promise.all([named, gitDir].map((path) => realpath(path).catch(() => null)))
  if (real === null || real !== wanted) {
    throw new AppError(
      'forbidden',
      `The repository at ${gitDir} names ${topLevel} as its files, which is not its folder. Remove core.worktree from its settings.`,
    )
  }
}

/** Somebody may point at `.git` itself: the worktree is beside it. */
async function worktreeOfGitDir(gitDir: string): Promise<string | null> {
  if (!gitDir.endsWith('/.git')) return null
  const bare = await gitText(['config', '--type=bool', '--default=false', '--get', 'core.bare'], { gitDir })
  return bare === 'true' ? null : dirname(gitDir)
}

const CONFIG_KEYS =
  '^(remote\\.origin\\.url|core\\.(filemode|symlinks|autocrlf|eol|sparsecheckout|attributesfile|excludesfile)|filter\\..*|remote\\..*\\.promisor|extensions\\.partialclone)$'

async function readConfig(gitDir: string): Promise<Map<string, string>> {
  const { stdout } = await runGit(['config', '-z', '--show-scope', '--includes', '--get-regexp', CONFIG_KEYS], {
    gitDir,
    okCodes: [0, 1],
  })
  const values = new Map<string, string>()
  const fields = splitNul(stdout).map((part) => part.toString('utf8'))
  for (let n = 0; n + 1 < fields.length; n += 2) {
    // Our own overrides are listed as well; only what the repository says counts here.
    if (fields[n] === 'command') continue
    const text = fields[n + 1] ?? ''
    const at = text.indexOf('\n')
    values.set(at === -1 ? text : text.slice(0, at), at === -1 ? 'true' : text.slice(at + 1))
  }
  return values
}

const roots = new Map<string, string[]>()

async function readRootCommits(commonDir: string, head: string): Promise<string[]> {
  const key = `${commonDir}\0${head}`
  const known = roots.get(key)
  if (known) return known
  const lines = (
    await gitText(['rev-list', '--max-parents=0', '--date-order', '--reverse', head], { gitDir: commonDir })
  ).split('\n')
  if (roots.size > 500) roots.clear()
  roots.set(key, lines)
  return lines
}

/** Where git may hold other bytes than the disk, the user's index cannot tell us that a file is unchanged. */
async function mayConvert(facts: Located, config: Map<string, string>): Promise<boolean> {
  if (facts.topLevel === null) return false
  if ([...config.keys()].some((key) => key.startsWith('filter.'))) return true
  if (!['', 'false', undefined].includes(config.get('core.autocrlf'))) return true
  if (config.has('core.attributesfile') || config.has('core.eol')) return true
  // The person's own autocrlf may have shaped the files too; reading one key of it runs nothing.
  const personal = join(process.env.HOME ?? '/nonexistent', '.gitconfig')
  if (!/autocrlf/i.test(await readFile(personal, 'utf8').catch(() => ''))) return false
  const { stdout } = await runGit(['config', '--global', '--get', 'core.autocrlf'], {
    cwd: '/',
    env: { GIT_CONFIG_GLOBAL: personal },
    okCodes: [0, 1, 128],
  })
  return !['', 'false'].includes(stdout.toString().trim())
}

/** Attributes may ask for conversions; those anywhere in the tree are found through the index. */
async function hasAttributes(facts: Located): Promise<boolean> {
  if (facts.topLevel === null) return false
  if (await exists(join(facts.commonDir, 'info/attributes'))) return true
  if (await exists(join(facts.topLevel, '.gitattributes'))) return true
  return indexHasAttributes(facts.gitDir, facts.topLevel)
}

const attributesKnown = new Map<string, boolean>()

/** Asked of git once for every state of the index: going through a large one takes longer than all else here. */
async function indexHasAttributes(gitDir: string, topLevel: string): Promise<boolean> {
  const file = await stat(join(gitDir, 'index'), { bigint: true }).catch(() => null)
  const key = file && `${gitDir}\0${file.ino}:${file.size}:${file.mtimeNs}:${file.ctimeNs}`
  const known = key === null ? undefined : attributesKnown.get(key)
  if (known !== undefined) return known
  const { stdout } = await runGit(['ls-files', '-z', '--', '*.gitattributes'], {
    gitDir,
    workTree: topLevel,
    env: { GIT_LITERAL_PATHSPECS: '0' },
    okCodes: [0, 128],
  })
  if (attributesKnown.size > 500) attributesKnown.clear()
  if (key !== null) attributesKnown.set(key, stdout.length > 0)
  return stdout.length > 0
}

/** `https://user:secret@github.com/a/b.git` and `git@github.com:a/b` are both `github.com/a/b`. */
export function normaliseRemote(url: string | null): string | null {
  if (!url) return null
  const text = url
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '')
  const scheme = /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/:]*)(?::\d+)?\/+(.*)$/i.exec(text)
  if (scheme) return scheme[1] ? `${scheme[1].toLowerCase()}/${scheme[2]}` : `/${scheme[2]}`
  const short = /^(?:[^@/]+@)?([^/:]+):(?!\/\/)(.+)$/.exec(text)
  if (short) return `${(short[1] ?? '').toLowerCase()}/${(short[2] ?? '').replace(/^\/+/, '')}`
  return text
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['true', 'yes', 'on', '1', ''].includes(value.toLowerCase())
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
