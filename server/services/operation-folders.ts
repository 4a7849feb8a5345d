// Opens the folder of an operation once. What was read is used again while the files that say it are untouched.
import { join } from 'node:path'
import type { Context } from '@/server/context'
import { signature } from '@/server/git/private-index'
import { openRepository, readHead } from '@/server/git/repository'
import type { Repository } from '@/server/git/types'

type Opened = { repository: Repository; signature: string }

const remembered = new WeakMap<Context, Map<string, Opened>>()

/** From here on folders opened for this very context are remembered, for as long as it lives: the time of one operation. */
export function rememberFolders(ctx: Context): void {
  remembered.set(ctx, new Map())
}

/** The repository at `path` with HEAD as it is now. @throws as `openRepository` */
export async function openFolder(ctx: Context, path: string): Promise<Repository> {
  const folders = remembered.get(ctx)
  const known = folders?.get(path)
  if (known && (await sign(known.repository)) === known.signature) {
    const head = await readHead(known.repository)
    return { ...known.repository, head, empty: head.sha === null }
  }
  const repository = await openRepository(path)
  folders?.set(path, { repository, signature: await sign(repository) })
  return repository
}

/** Changes with everything that an opened repository was told from. */
async function sign({ topLevel, gitDir, commonDir }: Repository): Promise<string> {
  const files = [
    ...['HEAD', 'index', 'config.worktree'].map((name) => join(gitDir, name)),
    ...['config', 'shallow', 'info/attributes'].map((name) => join(commonDir, name)),
    ...(topLevel === null ? [] : [topLevel, join(topLevel, '.git'), join(topLevel, '.gitattributes')]),
  ]
  return (await Promise.all(files.map(signature))).join(' ')
}
