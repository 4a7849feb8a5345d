// Owns capturing a worktree as a commit in the store. Touches nothing of the user's: no ref, index, stash, setting or file.
import { AppError } from '@/server/errors'
import { parseRawAndNumstat } from './diff-output'
import { gitText, runGit } from './git'
import { writeCommit, writeRef } from './loose'
import { withLock } from './lock'
import { hasObjects } from './object-presence'
import { ownTree } from './own'
import { privateIndex, writeState } from './private-index'
import { readHead } from './repository'
import { COUNTING, type Scan, type ScanOptions, scanWorktree } from './scan'
import { checkStoreRef } from './store'
import type { Capture, CaptureLimits, ChangedFile, HeadState, Store, WorktreeRepository, WorktreeTree } from './types'

/** How long a capture waits for another one of the same worktree. */
const LOCK_WAIT_MS = 120_000

export interface CaptureInput extends CaptureLimits {
  store: Store
  repository: WorktreeRepository
  /** A ref of the store: `checkpointRef(…)`. An existing one is moved. */
  ref: string
  message: string
  /** False leaves the counts at zero: they cost one more comparison, and a safety snapshot shows none. */
  count?: boolean
}

/** `refs/checkpoints/<taskId>/<number>`. */
export function checkpointRef(taskId: string, number: number): string {
  return `refs/checkpoints/${taskId}/${number}`
}

/**
 * Captures the whole worktree, untracked files included, ignored ones not. The commit's parent is HEAD, so a branch made of
 * it is HEAD plus one commit; the counts compare with the previous capture of this worktree.
 * @throws AppError `git_failed` (time limit, disk full), `conflict` (worktree busy).
 */
export async function captureWorktree(input: CaptureInput): Promise<Capture> {
  const { store, repository, ref } = input
  const started = performance.now()
  await checkStoreRef(ref)
  const index = privateIndex(store, repository)
  return withLock(index.lockFile, LOCK_WAIT_MS, async () => {
    const [head, scan] = await Promise.all([
      readHead(repository),
      explainFailure(scanWorktree(store, repository, index, { count: true, ...input })),
    ])
    const previousSha = scan.state.lastCommit ?? head.sha
    const message = commitMessage(head, input.message)
    // Counting first, and what is borrowed made our own: their processes run while the commit is written.
    const [stats, commitSha, borrowed] = await Promise.all([
      input.count === false ? NOTHING : countChanges(store, previousSha, scan),
      keepAsCommit(store, scan.treeSha, head, message, [ref, index.keepRef]),
      ownTree(store, ownedBefore(store, scan), scan.treeSha),
    ])
    const ownedTree = borrowed.size === 0 ? scan.treeSha : scan.state.ownedTree
    await writeState(index, { ...scan.state, lastCommit: commitSha, lastTree: scan.treeSha, ownedTree })
    return {
      commitSha,
      treeSha: scan.treeSha,
      ref,
      baseHead: head.sha,
      branch: head.branch,
      previousSha,
      ...stats,
      borrowed: borrowed.size,
      notCovered: scan.notCovered,
      durationMs: Math.round(performance.now() - started),
    }
  })
}

/** A tree that is the store's own and there: forgetting and a lost store may have taken it away. */
function ownedBefore(store: Store, { state }: Scan): string | null {
  const { ownedTree } = state
  return ownedTree !== null && hasObjects(store, new Set([ownedTree])) ? ownedTree : null
}

/** The worktree as it is now, as a tree of the store without commit or ref. */
export async function readWorktreeTree(
  input: { store: Store; repository: WorktreeRepository } & ScanOptions,
): Promise<WorktreeTree> {
  const { store, repository } = input
  const index = privateIndex(store, repository)
  return withLock(index.lockFile, LOCK_WAIT_MS, async () => {
    const [head, scan] = await Promise.all([
      readHead(repository),
      explainFailure(scanWorktree(store, repository, index, input)),
    ])
    await writeState(index, scan.state)
    return { treeSha: scan.treeSha, notCovered: scan.notCovered, head, changes: scan.changes?.files ?? null }
  })
}

async function keepAsCommit(store: Store, tree: string, head: HeadState, message: string, refs: string[]) {
  const commitSha = await writeCommit(store, tree, head.sha, message)
  for (const ref of refs) await writeRef(store, ref, commitSha)
  return commitSha
}

/** The state of HEAD is noted as trailers. */
function commitMessage(head: HeadState, message: string): string {
  const facts = [head.branch ? `Makima-Branch: ${head.branch}` : 'Makima-Detached: true']
  if (head.sha) facts.push(`Makima-Head: ${head.sha}`)
  return `${message.trim() || 'Checkpoint'}\n\n${facts.join('\n')}\n`
}

const NOTHING = { filesChanged: 0, additions: 0, deletions: 0 }

async function countChanges(store: Store, from: string | null, scan: Scan) {
  if (from !== null && from === scan.state.lastCommit && scan.state.lastTree === scan.treeSha) return NOTHING
  const counted = scan.changes && scan.changes.since === from ? scan.changes.files : null
  const files = counted ?? (await compareTrees(store, from ?? (await emptyTree(store)), scan.treeSha))
  return {
    filesChanged: files.length,
    additions: files.reduce((sum, file) => sum + (file.additions ?? 0), 0),
    deletions: files.reduce((sum, file) => sum + (file.deletions ?? 0), 0),
  }
}

async function compareTrees(store: Store, from: string, to: string): Promise<ChangedFile[]> {
  const { stdout } = await runGit(['diff-tree', '-r', ...COUNTING, from, to], {
    gitDir: store.path,
    okCodes: [0, 128],
  })
  return parseRawAndNumstat(stdout)
}

/** The empty tree of the store's object format, written so that diffs can read it. */
export function emptyTree(store: Store): Promise<string> {
  return gitText(['hash-object', '-t', 'tree', '-w', '--stdin'], { gitDir: store.path, input: '' })
}

async function explainFailure<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (error instanceof AppError) throw error
    throw new AppError(
      'git_failed',
      'The files could not be captured. Run "git status" in the repository to see what is wrong with it.',
      {
        cause: error,
      },
    )
  })
}
