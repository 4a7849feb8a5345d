// Reads what changed between two states, and what a state holds. Only reads.
import { AppError } from '@/server/errors'
import { emptyTree } from './capture'
import { parseRawAndNumstat } from './diff-output'
import { GitError, runGit } from './git'
import { openObjectReader, parseTreeLine } from './objects'
import { encodePath, splitNul } from './paths'
import type { ChangedFile, Store, TreeEntry } from './types'

const QUIET = ['--no-ext-diff', '--no-textconv']
const DEFAULT_PATCH_BYTES = 2 * 1024 * 1024

/**
 * Files that differ between two commits or trees, renames found, with line counts. Null stands for "nothing yet". For the
 * worktree as it is, pass the tree of `readWorktreeTree`.
 * @throws AppError `not_found` when one of the two is gone.
 */
export async function listChangedFiles(store: Store, from: string | null, to: string): Promise<ChangedFile[]> {
  const base = from ?? (await emptyTree(store))
  const { stdout } = await explain(
    runGit(['diff-tree', '-r', '-z', '-M', ...QUIET, '--raw', '--numstat', '--end-of-options', base, to], {
      gitDir: store.path,
    }),
  )
  return parseRawAndNumstat(stdout)
}

/**
 * The patch between two states as bytes of git's unified format, of one path or of all (with `oldPath` a rename keeps its
 * name). `truncated` says that it was cut at `maxBytes` (default 2 MB).
 */
export async function readPatch(
  store: Store,
  from: string | null,
  to: string,
  options: { path?: string; oldPath?: string | null; maxBytes?: number; contextLines?: number } = {},
): Promise<{ patch: Buffer; truncated: boolean }> {
  const base = from ?? (await emptyTree(store))
  const paths = [options.oldPath, options.path].filter((path): path is string => Boolean(path))
  const context = `-U${options.contextLines ?? 3}`
  const args = ['diff-tree', '-r', '-p', '-M', context, ...QUIET, '--full-index', '--end-of-options', base, to]
  const { stdout, truncated } = await explain(
    runGit(paths.length > 0 ? [...args, '--', ...paths.map(asPattern)] : args, {
      gitDir: store.path,
      env: { GIT_LITERAL_PATHSPECS: '0' },
      maxBytes: options.maxBytes ?? DEFAULT_PATCH_BYTES,
      truncate: true,
    }),
  )
  return { patch: stdout, truncated }
}

/** One folder of a commit or tree (the top without `folder`), not recursive. */
export async function listTree(store: Store, sha: string, folder = ''): Promise<TreeEntry[]> {
  const place = folder ? await resolvePath(store, sha, folder) : { sha }
  if (!place) throw new AppError('not_found', `There is no folder ${folder} in this state.`)
  const { stdout } = await explain(
    runGit(['ls-tree', '-l', '-z', '--end-of-options', place.sha], { gitDir: store.path }),
  )
  return splitNul(stdout)
    .map(parseTreeLine)
    .map((entry) => ({ ...entry, path: folder ? `${folder.replace(/\/$/, '')}/${entry.path}` : entry.path }))
}

/**
 * The bytes of a file in a commit or tree; null when there is no such file.
 * @throws AppError `too_large` above `maxBytes` (default 20 MB).
 */
export async function readBlobAt(
  store: Store,
  sha: string,
  path: string,
  options: { maxBytes?: number } = {},
): Promise<{ data: Buffer; mode: string; sha: string } | null> {
  const entry = await resolvePath(store, sha, path)
  if (!entry || entry.type !== 'blob') return null
  const reader = openObjectReader(store)
  try {
    const object = await reader.read(entry.sha, options.maxBytes ?? 20 * 1024 * 1024)
    return object ? { data: object.data, mode: entry.mode, sha: entry.sha } : null
  } finally {
    reader.close()
  }
}

/** Walks a tree by name, folder by folder, since a name may hold bytes no argument can carry. */
async function resolvePath(store: Store, sha: string, path: string): Promise<TreeEntry | null> {
  let current: TreeEntry | null = null
  let tree = sha
  for (const part of path.replace(/\/$/, '').split('/')) {
    if (current && current.type !== 'tree') return null
    const { stdout } = await explain(runGit(['ls-tree', '-l', '-z', '--end-of-options', tree], { gitDir: store.path }))
    const found: TreeEntry | undefined = splitNul(stdout)
      .map(parseTreeLine)
      .find((entry) => entry.path === part)
    if (!found) return null
    current = found
    tree = found.sha
  }
  return current
}

/** Node hands arguments over as UTF-8, so bytes that are not text are matched by a wildcard each. */
function asPattern(path: string): string {
  const bytes = encodePath(path)
  const text = bytes.toString('utf8')
  if (Buffer.from(text, 'utf8').equals(bytes)) return `:(top,literal)${text}`
  const pattern = bytes.toString('latin1').replace(/[*?[\\]/g, '\\$&')
  return `:(top,glob)${pattern.replace(/[\u0080-\u00ff]/g, '?')}`
}

function explain<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error
    throw new AppError(
      'not_found',
      'This state is neither in Makima’s own store on this machine nor in the repository any more.',
      {
        cause: error,
      },
    )
  })
}
