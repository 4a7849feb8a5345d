// Owns carrying out a plan: exactly the planned paths, then a read-back. What fails is put back before the error is thrown.
// Never `reset --hard`, never `clean`, never HEAD, a branch, the index or the stash: those are how other products lost work.
import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '@/server/errors'
import { readWorktreeTree } from './capture'
import { parseRawAndNumstat } from './diff-output'
import { absolutePath, readDiskState, sameState } from './disk-state'
import { runGit } from './git'
import { withLock } from './lock'
import { displayPath } from './paths'
import { privateIndex } from './private-index'
import { readTreeSha } from './store'
import type {
  ApplyResult,
  CaptureLimits,
  FileState,
  HeadState,
  PathResult,
  RewindPlan,
  Store,
  WorktreeRepository,
} from './types'
import { clearTemporaryFiles, type PathWrite, writePaths } from './write-paths'

const EDITED = 'Somebody changed it in the meantime; it was left as it is.'

export interface ApplyInput extends CaptureLimits {
  store: Store
  repository: WorktreeRepository
  plan: RewindPlan
  /** The safety snapshot of the operation; its tree must be the plan's present state. */
  snapshotSha: string
}

/**
 * Brings the planned paths to the target and reads them back. Applying an applied plan again changes nothing. After a kill use
 * `resolveInterrupted`.
 * @throws AppError `conflict` when files or HEAD moved since the plan (nothing is written then); `git_failed` when a file
 * could not be written, after everything was put back.
 */
export function applyRewind(input: ApplyInput): Promise<ApplyResult> {
  return exclusively(input, async () => {
    const started = performance.now()
    const { store, repository, plan } = input
    const { topLevel } = repository
    const writes = listWrites(plan)
    const prints = writes.map(({ path }) => fingerprint(topLevel, path))
    const [snapshotTree, now] = await Promise.all([readTreeSha(store, input.snapshotSha), readWorktreeTree(input)])
    if (snapshotTree !== plan.nowTree) {
      throw new AppError(
        'conflict',
        'The files changed between the preview and the safety snapshot. Look at the preview again.',
      )
    }
    if (now.treeSha !== plan.nowTree || !sameHead(now.head, plan.head)) {
      const states = await readStates(repository, writes, 'to')
      const done = writes.length > 0 && states.every(({ same }) => same) ? await readBack(input, writes, started) : null
      if (done && sameHead(now.head, plan.head) && done.changedMeanwhile.length === 0) return done
      throw new AppError('conflict', 'The files or the branch changed since the preview. Look at the preview again.')
    }
    try {
      await writePaths(store, topLevel, writes, tagOf(plan), () => {
        const moved = writes.find(({ path }, n) => fingerprint(topLevel, path) !== prints[n])
        if (moved)
          throw new AppError(
            'conflict',
            `${displayPath(moved.path)} was changed just now. Nothing was written; look at the preview again.`,
          )
      })
      const result = await readBack(input, writes, started)
      const failed = result.results.filter((entry) => entry.outcome === 'failed')
      if (failed.length > 0) {
        const [first] = failed
        throw new AppError(
          'git_failed',
          `${failed.length} of ${writes.length} files did not come out as planned, ${displayPath(first?.path ?? '')} first. Everything was put back.`,
        )
      }
      return result
    } catch (error) {
      await putBack(input, writes, error)
      throw error
    }
  })
}

/**
 * Ends an operation that was killed half-way: `before` puts the planned paths back as in the snapshot, `after` finishes them.
 * A path that is in neither state was edited after the kill: it is left alone and reported as `failed`. May be repeated.
 */
export function resolveInterrupted(input: ApplyInput & { goal: 'before' | 'after' }): Promise<ApplyResult> {
  return exclusively(input, async () => {
    const started = performance.now()
    const { store, repository, plan, goal } = input
    const writes = listWrites(plan)
    clearTemporaryFiles(
      repository.topLevel,
      writes.map(({ path }) => path),
      tagOf(plan),
    )
    await moveTo(store, repository, writes, goal === 'after' ? 'to' : 'from', tagOf(plan))
    return readBack(input, writes, started, goal === 'after' ? 'to' : 'from')
  })
}

function exclusively<T>(input: ApplyInput, work: () => Promise<T>): Promise<T> {
  const { folder } = privateIndex(input.store, input.repository)
  return withLock(join(folder, 'apply.lock'), 1_000, work)
}

function listWrites(plan: RewindPlan): PathWrite[] {
  return plan.actions.filter(({ action }) => action !== 'keep').map(({ path, from, to }) => ({ path, from, to }))
}

function tagOf(plan: RewindPlan): string {
  return plan.planHash.slice(0, 12)
}

function sameHead(a: HeadState, b: HeadState): boolean {
  return a.sha === b.sha && a.branch === b.branch
}

/** Tells cheaply whether a path was touched since. */
function fingerprint(topLevel: string, path: string): string {
  try {
    const facts = lstatSync(absolutePath(topLevel, path), { bigint: true, throwIfNoEntry: false })
    return facts && !facts.isDirectory() ? `${facts.ino}:${facts.size}:${facts.mtimeNs}:${facts.mode}` : 'none'
  } catch {
    return 'none'
  }
}

type Goal = 'from' | 'to'

async function readStates(repository: WorktreeRepository, writes: PathWrite[], goal: Goal) {
  const states: Array<{ write: PathWrite; state: FileState | null | 'other'; same: boolean }> = []
  const folders = new Map<string, boolean>()
  for (const write of writes) {
    const state = await readDiskState(repository, write.path, folders)
    states.push({ write, state, same: sameState(repository, state, write[goal]) })
  }
  return states
}

/** Moves every planned path that is in the opposite state to the goal. */
async function moveTo(
  store: Store,
  repository: WorktreeRepository,
  writes: PathWrite[],
  goal: Goal,
  tag: string,
): Promise<void> {
  const opposite = goal === 'to' ? 'from' : 'to'
  const states = await readStates(repository, writes, goal)
  const open = states.filter(({ write, state, same }) => !same && sameState(repository, state, write[opposite]))
  await writePaths(
    store,
    repository.topLevel,
    open.map(({ write }) => ({ path: write.path, from: write[opposite], to: write[goal] })),
    tag,
  )
}

async function putBack(input: ApplyInput, writes: PathWrite[], cause: unknown): Promise<void> {
  const { store, repository, plan } = input
  clearTemporaryFiles(
    repository.topLevel,
    writes.map(({ path }) => path),
    tagOf(plan),
  )
  try {
    await moveTo(store, repository, writes, 'from', tagOf(plan))
  } catch (error) {
    throw new AppError(
      'git_failed',
      'The rewind failed, and not every file could be put back yet. All of them are in the safety snapshot; undo the operation once there is space and permission.',
      { cause: new AggregateError([cause, error]) },
    )
  }
}

/** What really is on disk now: every planned path by its content, and whether anything else moved. */
async function readBack(
  input: ApplyInput,
  writes: PathWrite[],
  started: number,
  goal: Goal = 'to',
): Promise<ApplyResult> {
  const { repository, plan } = input
  const [after, states] = await Promise.all([
    readWorktreeTree({ ...input, known: true }),
    readStates(repository, writes, goal),
  ])
  const outcomes = new Map(states.map(({ write, same }) => [write.path, same]))
  const results: PathResult[] = plan.actions.map(({ path, action, reason }) => {
    if (action === 'keep') return { path, action, outcome: 'kept', reason }
    return outcomes.get(path) ? { path, action, outcome: 'done' } : { path, action, outcome: 'failed', reason: EDITED }
  })
  const changedMeanwhile = await findChangedMeanwhile(input, after.treeSha, outcomes)
  return { treeSha: after.treeSha, results, changedMeanwhile, durationMs: Math.round(performance.now() - started) }
}

/** Paths outside of the plan that are not as they were before it. */
async function findChangedMeanwhile(
  { store, repository, plan }: ApplyInput,
  afterTree: string,
  planned: ReadonlyMap<string, boolean>,
): Promise<string[]> {
  // Nothing was to be kept and all is as at the target: then all that moved was planned.
  if (afterTree === plan.targetTree && plan.counts.keep === 0) return []
  const { stdout } = await runGit(
    ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', plan.nowTree, afterTree],
    {
      gitDir: store.path,
    },
  )
  // With other ignore rules back in force, files enter or leave the tree without anybody having touched them.
  const rulesMoved = [...planned.keys()].some((path) => /(^|\/)\.gitignore$/.test(path))
  return parseRawAndNumstat(stdout)
    .filter(({ path }) => !planned.has(path))
    .filter(
      ({ path, from, to }) =>
        !rulesMoved || (from !== null && (to !== null || fingerprint(repository.topLevel, path) === 'none')),
    )
    .map(({ path }) => path)
}
