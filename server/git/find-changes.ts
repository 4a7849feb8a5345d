// Asks git which paths of a worktree differ from its private index, and sorts out those that no capture can take.
import { accessSync, constants } from 'node:fs'
import { absolutePath, hasRealParents, lookAt } from './disk-state'
import { runGit } from './git'
import { splitPaths } from './paths'
import type { PrivateIndex } from './private-index'
import type { CaptureLimits, NotCovered } from './types'

const DEFAULT_MAX_FILE_BYTES = 200 * 1024 * 1024

export interface Found {
  changed: string[]
  /** Those of `changed` that the index does not have. */
  added: Set<string>
  removed: string[]
  notCovered: NotCovered[]
  gitlinks: Set<string>
}

/**
 * What differs from the index. A file with new times and old contents is among `changed`: git reads it once when it takes it
 * in, while looking for differences in contents would read it every time.
 * @param gitlinks submodules in the index
 */
export async function findChanges(
  index: PrivateIndex,
  topLevel: string,
  gitlinks: readonly string[],
  limits: CaptureLimits,
): Promise<Found> {
  // Side by side, and the first with threads of its own. Submodules are compared by commit only: nothing runs inside of them.
  const [tracked, untracked] = await Promise.all([
    runGit(['diff-files', '--name-status', '--no-renames', '--ignore-submodules=dirty', '-z'], index.git),
    runGit(['ls-files', '-o', '-z', '--exclude-standard'], index.git),
  ])
  const found: Found = { changed: [], added: new Set(), removed: [], notCovered: [], gitlinks: new Set(gitlinks) }
  const fields = splitPaths(tracked.stdout)
  const seen = new Set<string>()
  const folders = new Map<string, boolean>()
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const path = fields[at + 1] ?? ''
    // An unmerged path is listed twice.
    if (seen.has(path)) continue
    seen.add(path)
    // Behind a symlink that took a folder's place lies another file of that name.
    if (hasRealParents(topLevel, path, folders)) classify(topLevel, path, limits, found)
    else found.removed.push(path)
  }
  for (const path of splitPaths(untracked.stdout)) {
    if (seen.has(path)) continue
    found.added.add(path)
    classify(topLevel, path, limits, found)
  }
  for (const line of untracked.stderr.split('\n')) {
    const folder = /could not open directory '(.*)': /.exec(line)?.[1]
    if (folder) found.notCovered.push({ path: folder, reason: 'unreadable', detail: 'the folder may not be read' })
  }
  return found
}

/** Puts a path where it belongs by what lies there now. */
export function classify(topLevel: string, path: string, limits: CaptureLimits, found: Found): void {
  const bytes = absolutePath(topLevel, path)
  const facts = lookAt(bytes)
  if (!facts) {
    found.removed.push(path)
  } else if (facts.isDirectory()) {
    if (found.gitlinks.has(path)) found.changed.push(path)
    else if (!path.endsWith('/')) found.removed.push(path)
    else found.notCovered.push(describeNested(bytes, path))
  } else if (facts.isSymbolicLink()) {
    found.changed.push(path)
  } else if (!facts.isFile()) {
    found.notCovered.push({ path, reason: 'special_file', detail: 'a socket, pipe or device' })
  } else if (facts.size > (limits.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES)) {
    found.notCovered.push({
      path,
      reason: 'too_large',
      detail: tooLarge(facts.size, limits.maxFileBytes ?? DEFAULT_MAX_FILE_BYTES),
    })
  } else if (!isReadable(bytes)) {
    found.notCovered.push({ path, reason: 'unreadable', detail: 'the file may not be read' })
  } else {
    found.changed.push(path)
  }
}

function describeNested(bytes: Buffer, path: string): NotCovered {
  const git = lookAt(Buffer.concat([bytes, Buffer.from('.git')]))
  return { path, reason: git?.isFile() ? 'submodule' : 'nested_repository' }
}

function isReadable(bytes: Buffer): boolean {
  try {
    accessSync(bytes, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function tooLarge(size: number, limit: number): string {
  const megabytes = (bytes: number) => Math.round(bytes / 1024 / 1024)
  return `${megabytes(size)} MB, over the limit of ${megabytes(limit)} MB`
}
