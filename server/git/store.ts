// Owns the private bare repository beside the user's: its creation, its link to the user's objects, its refs.
import { randomUUID } from 'node:crypto'
import { access, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { gitText, makePrivateFolder, runGit } from './git'
import { withLock } from './lock'
import { readLooseCommit } from './loose'
import { hasObjects } from './object-presence'
import type { ObjectFormat, Store } from './types'

// Bytes are bytes: info/attributes of the git folder wins over any .gitattributes inside the tree, so nothing is ever
// converted. (`-working-tree-encoding` would be an error to git; `!` takes the attribute away.)
const ATTRIBUTES = '* -text !eol -ident -filter !working-tree-encoding !crlf\n'

/** Creates or opens `<storesDir>/<repositoryId>.git` for the repository. Cheap when it exists. */
export async function openStore(
  storesDir: string,
  repositoryId: string,
  repository: { commonDir: string; objectFormat: ObjectFormat },
): Promise<Store> {
  const store = await openHeldStore(storesDir, repositoryId, repository.objectFormat)
  await linkObjects(store.path, join(repository.commonDir, 'objects'))
  return store
}

/** The same while there is no repository here: it holds what another Makima gave, and borrows nothing. */
export async function openHeldStore(
  storesDir: string,
  repositoryId: string,
  objectFormat: ObjectFormat,
): Promise<Store> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(repositoryId)) {
    throw new AppError('invalid', 'A repository id may hold letters, digits, dots and dashes only.')
  }
  const path = join(storesDir, `${repositoryId}.git`)
  if (!(await exists(join(path, 'info/attributes')))) {
    await withLock(`${path}.lock`, 60_000, () => createStore(path, objectFormat))
  }
  return { path, repositoryId, objectFormat }
}

async function createStore(path: string, format: ObjectFormat): Promise<void> {
  if (await exists(join(path, 'info/attributes'))) return
  await makePrivateFolder(path)
  await runGit(['init', '-q', '--bare', '--template=', `--object-format=${format}`, path], { cwd: path })
  await makePrivateFolder(join(path, 'info'))
  await makePrivateFolder(join(path, 'makima'))
  // Last: its presence says that the store is complete.
  await writeAtomically(join(path, 'info/attributes'), ATTRIBUTES)
}

/** Every clone that ever used this store stays linked while it exists; a moved one replaces its dead line. */
async function linkObjects(path: string, objects: string): Promise<void> {
  const file = join(path, 'objects/info/alternates')
  const line = quoteAlternate(objects)
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean)
  if (lines.includes(line)) return
  const alive: string[] = []
  for (const other of lines) if (other.startsWith('"') || (await exists(other))) alive.push(other)
  await makePrivateFolder(join(path, 'objects/info'))
  await writeAtomically(file, `${[...alive, line].join('\n')}\n`)
}

function quoteAlternate(path: string): string {
  if (!/["\n\\#]/.test(path)) return path
  return `"${path.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n')}"`
}

/** Refs below a prefix, such as `refs/checkpoints/<taskId>/`. */
export async function listRefs(store: Store, prefix: string): Promise<Array<{ ref: string; sha: string }>> {
  const text = await gitText(['for-each-ref', '--format=%(objectname) %(refname)', prefix.replace(/\/$/, '')], {
    gitDir: store.path,
  })
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ sha: line.slice(0, line.indexOf(' ')), ref: line.slice(line.indexOf(' ') + 1) }))
}

/** Points a ref of the store at a commit. @throws AppError `invalid` for a malformed name. */
export async function setRef(store: Store, ref: string, sha: string): Promise<void> {
  await checkStoreRef(ref)
  await runGit(['update-ref', '--', ref, sha], { gitDir: store.path })
}

/** Removes a ref of the store; its objects go with the next packing. A missing ref is fine. */
export async function deleteRef(store: Store, ref: string): Promise<void> {
  await checkStoreRef(ref)
  await runGit(['update-ref', '-d', '--', ref], { gitDir: store.path })
}

export async function checkStoreRef(ref: string): Promise<void> {
  // What we name ourselves is digits, letters and dashes: no process has to be asked about those.
  if (/^refs\/(checkpoints|snapshots|makima)(\/[A-Za-z0-9][A-Za-z0-9_-]*)+$/.test(ref)) return
  const ours = /^refs\/(checkpoints|snapshots|makima)\//.test(ref)
  const { code } = await runGit(['check-ref-format', ref], { cwd: '/', okCodes: [0, 1] })
  if (!ours || code !== 0) throw new AppError('invalid', `"${ref}" is not a name a checkpoint can have.`)
}

/** Bytes the store takes on disk. */
export async function storeSize(store: Store): Promise<number> {
  const entries = await readdir(store.path, { recursive: true, withFileTypes: true })
  let bytes = 0
  for (const entry of entries) {
    if (entry.isFile())
      bytes += await stat(join(entry.parentPath, entry.name)).then(
        (facts) => facts.size,
        () => 0,
      )
  }
  return bytes
}

/** Tells whether everything a checkpoint needs can be read (from the store, or still borrowed). */
export async function verifyCheckpoint(
  store: Store,
  sha: string,
): Promise<{ ok: true } | { ok: false; missing: string[] }> {
  const listed = await runGit(['rev-list', '--objects', '--no-walk', '--missing=print', '--no-object-names', sha], {
    gitDir: store.path,
    okCodes: [0, 128],
  })
  if (listed.code !== 0) return { ok: false, missing: [sha] }
  const lines = listed.stdout.toString().split('\n').filter(Boolean)
  const missing = lines.filter((line) => line.startsWith('?')).map((line) => line.slice(1))
  // rev-list does not open blobs; asking for their size does.
  const checked = await runGit(['cat-file', '--batch-check'], {
    gitDir: store.path,
    input: `${lines.filter((line) => !line.startsWith('?')).join('\n')}\n`,
  })
  for (const line of checked.stdout.toString().split('\n'))
    if (line.endsWith(' missing')) missing.push(line.slice(0, line.indexOf(' ')))
  return missing.length > 0 ? { ok: false, missing: [...new Set(missing)] } : { ok: true }
}

/** The tree of a commit or tree. @throws AppError `not_found` when its objects are gone. */
export async function readTreeSha(store: Store, sha: string): Promise<string> {
  const own = readLooseCommit(store, sha)
  if (own && hasObjects(store, new Set([own.tree]))) return own.tree
  const { code, stdout } = await runGit(['rev-parse', '--verify', '-q', `${sha}^{tree}`], {
    gitDir: store.path,
    okCodes: [0, 1, 128],
  })
  if (code !== 0) {
    throw new AppError(
      'not_found',
      `The files of ${sha.slice(0, 10)} are neither in Makima’s own store on this machine nor in the repository any more. Choose another checkpoint.`,
    )
  }
  return stdout.toString().trim()
}

async function writeAtomically(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomUUID()}.tmp`
  await writeFile(temporary, text, { mode: 0o600 })
  await rename(temporary, file)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
