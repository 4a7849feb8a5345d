// Owns the decision what a rewind does to each path. Reading facts looks at the disk; planning is pure; neither changes anything.
import { createHash } from 'node:crypto'
import { parseRawAndNumstat } from './diff-output'
import { runGit } from './git'
import { readWorktreeTree } from './capture'
import { findIgnoredThen } from './ignore-rules'
import { splitNul, splitPaths, isSafePath } from './paths'
import { readLooseCommit } from './loose'
import { privateIndex } from './private-index'
import { readTreeSha } from './store'
import { readObstacles } from './obstacles'
import type {
  CaptureLimits,
  CommitSummary,
  KeepReason,
  PlanResult,
  RewindAction,
  RewindActionKind,
  RewindFacts,
  RewindOptions,
  Store,
  WorktreeRepository,
} from './types'

const COMMITS_SHOWN = 500

export interface RewindInput extends CaptureLimits {
  store: Store
  repository: WorktreeRepository
  /** The checkpoint to go back to: any commit in the store or the user's repository. */
  targetSha: string
  /** The task's last capture or checkpoint: what differs from it now, and from HEAD, was done by somebody else. */
  lastKnownTree?: string | null
  /** True when the target is a commit of the person's: it says nothing of files that git did not track then. */
  targetIsCommit?: boolean
  /** Other captures of the task: files they held are known, though the last one may lack them. */
  knownTrees?: string[]
  /** When given, only these paths belong to the task; all others are kept. */
  ownedPaths?: string[] | null
  /** Paths that another task changed since the target. */
  otherTasks?: Array<{ path: string; task: string }>
}

/**
 * Reads all that a plan needs. @throws AppError `not_found` when the target's files are gone, `git_failed`, `conflict`.
 */
export async function readRewindFacts(input: RewindInput): Promise<RewindFacts> {
  const { store, repository, targetSha } = input
  const [targetTree, now, lastKnown] = await Promise.all([
    readTreeSha(store, targetSha),
    readWorktreeTree({ ...input, compareWith: targetSha }),
    input.lastKnownTree ? readTreeSha(store, input.lastKnownTree) : null,
  ])
  const isTarget = lastKnown === targetTree
  const [differences, sinceOther, uncommitted, commits] = await Promise.all([
    now.changes?.map(reverse) ?? diffTrees(store, now.treeSha, targetTree),
    lastKnown && !isTarget ? diffTrees(store, lastKnown, now.treeSha) : null,
    lastKnown && now.head.sha ? diffTrees(store, `${now.head.sha}^{tree}`, now.treeSha) : null,
    readCommitsAfter(store, targetSha, now.head.sha),
  ])
  const since = isTarget ? differences.map(reverse) : sinceOther
  // What stands in HEAD as it is now is nobody's unsaved work: git keeps it, and the plan lists the commits.
  const unsaved = uncommitted && new Set(uncommitted.map((change) => change.path))
  const absent = differences.filter((change) => change.to === null).map((change) => change.path)
  const addedSince = new Set((since ?? []).filter((change) => change.from === null).map((change) => change.path))
  const known = lastKnown ? absent.filter((path) => !addedSince.has(path)) : []
  const open = absent.filter((path) => lastKnown === null || addedSince.has(path))
  const trees = [...(input.knownTrees ?? []), ...(now.head.sha ? [now.head.sha] : [])]
  const [heldElsewhere, ignoredThen, sparsePaths] = await Promise.all([
    findHeld(store, trees, open),
    findIgnoredThen(store, repository, targetTree, differences),
    findSparse(store, repository),
  ])
  const obstacles = readObstacles(repository.topLevel, differences, now.notCovered)
  return {
    targetSha,
    targetTree,
    nowTree: now.treeSha,
    head: now.head,
    lastKnownTree: lastKnown,
    differences,
    editedSince: since ? since.map((change) => change.path).filter((path) => !unsaved || unsaved.has(path)) : null,
    targetIsCommit: input.targetIsCommit ?? false,
    knownPaths: [...known, ...heldElsewhere],
    ownedPaths: input.ownedPaths ?? null,
    otherTasks: input.otherTasks ?? [],
    ...obstacles,
    ignoredThen,
    sparsePaths,
    notCovered: now.notCovered,
    ...commits,
  }
}

/** Decides per path: restore, delete, recreate or keep. Pure. */
export function planRewind(facts: RewindFacts, options: Partial<RewindOptions> = {}): PlanResult {
  const chosen: RewindOptions = { includeEdited: false, includeOthers: false, includePaths: [], ...options }
  const decide = createJudge(facts, chosen)
  const actions: RewindAction[] = facts.differences.map((change) => {
    const verdict = decide(change)
    if (verdict) return { ...change, action: 'keep', keepReason: verdict.keepReason, reason: verdict.reason }
    return { ...change, action: change.to === null ? 'delete' : change.from === null ? 'recreate' : 'restore' }
  })
  keepBlocked(actions, facts)
  actions.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  const counts: Record<RewindActionKind, number> = { restore: 0, delete: 0, recreate: 0, keep: 0 }
  for (const action of actions) counts[action.action] += 1
  const content = {
    targetSha: facts.targetSha,
    targetTree: facts.targetTree,
    nowTree: facts.nowTree,
    head: facts.head,
    options: { ...chosen, includePaths: [...chosen.includePaths].sort() },
    actions,
  }
  return {
    ok: true,
    plan: {
      ...content,
      counts,
      notCovered: facts.notCovered,
      commitsAfter: facts.commitsAfter,
      commitsAfterTotal: facts.commitsAfterTotal,
      planHash: hashPlan(content),
    },
  }
}

/** The hash that stands for a plan: equal content, equal hash, whatever the order of keys. */
export function hashPlan(content: object): string {
  return createHash('sha256').update(canonical(content)).digest('hex')
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  const entries = Object.entries(value).filter(([, part]) => part !== undefined)
  entries.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}

type Verdict = { keepReason: KeepReason; reason: string } | null
type Difference = RewindFacts['differences'][number]

function createJudge(facts: RewindFacts, options: RewindOptions): (change: Difference) => Verdict {
  const included = new Set(options.includePaths)
  const edited = new Set(facts.editedSince ?? [])
  const known = new Set(facts.knownPaths)
  const owned = facts.ownedPaths ? new Set(facts.ownedPaths) : null
  const others = new Map(facts.otherTasks.map((entry) => [entry.path, entry.task]))
  const occupied = new Map(facts.occupied.map((entry) => [entry.path, entry]))
  const ignoredThen = new Set(facts.ignoredThen)
  const sparse = new Set(facts.sparsePaths)
  const clashes = new Set(facts.caseClashes)
  const keep = (keepReason: KeepReason, reason: string): Verdict => ({ keepReason, reason })
  return ({ path, from, to }) => {
    if (!isSafePath(path)) return keep('unsafe_path', 'This name could reach outside the worktree or into .git.')
    if (from?.mode === '160000' || to?.mode === '160000') return keep('submodule', 'A submodule keeps its own history.')
    if (sparse.has(path)) return keep('sparse', 'The sparse checkout leaves this file out.')
    if (clashes.has(path))
      return keep('case_clash', 'Another file differs from this name only by upper and lower case.')
    const hindrance = occupied.get(path)
    if (hindrance) return keep(hindrance.reason, hindrance.detail)
    if (included.has(path)) return null
    if (owned && !owned.has(path)) return keep('not_owned', 'This task did not change it.')
    const task = others.get(path)
    if (task !== undefined && !options.includeOthers)
      return keep('other_task', `Another task changed it since: ${task}.`)
    if (to === null && ignoredThen.has(path))
      return keep('ignored_then', 'It was ignored then, so the checkpoint cannot know it.')
    const unknown = to === null && !known.has(path)
    // A capture saw every file, so one that it lacks came later. A commit saw only tracked ones: the file may be older than it.
    if (unknown && (facts.targetIsCommit || !options.includeEdited))
      return keep('unknown_origin', 'No capture of this task ever held this file.')
    if (options.includeEdited) return null
    if (edited.has(path)) return keep('edited_since', 'Edited since the last checkpoint.')
    return null
  }
}

/** A file that stays may stand in the way of others; keep those too, until nothing changes any more. */
function keepBlocked(actions: RewindAction[], facts: RewindFacts): void {
  const byPath = new Map(actions.map((action) => [action.path, action]))
  for (let changed = true; changed; ) {
    changed = false
    for (const blocker of facts.blockers) {
      const action = byPath.get(blocker.path)
      if (!action || action.action === 'keep') continue
      if (blocker.possible && blocker.needs.every((path) => byPath.get(path)?.action === 'delete')) continue
      Object.assign(action, { action: 'keep', keepReason: 'blocked', reason: blocker.detail })
      changed = true
    }
  }
}

/** What leads from the target to the worktree, seen the other way round. */
function reverse({ path, from, to }: Difference): Difference {
  return { path, from: to, to: from }
}

async function diffTrees(store: Store, from: string, to: string): Promise<RewindFacts['differences']> {
  const { stdout } = await runGit(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-ext-diff', from, to], {
    gitDir: store.path,
  })
  return parseRawAndNumstat(stdout).map((file) => ({ path: file.path, from: file.from, to: file.to }))
}

async function findHeld(store: Store, trees: string[], wanted: string[]): Promise<string[]> {
  let open = new Set(wanted)
  const held: string[] = []
  for (const tree of new Set(trees)) {
    if (open.size === 0) break
    const { stdout } = await runGit(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree], {
      gitDir: store.path,
      okCodes: [0, 128],
    })
    for (const path of splitPaths(stdout)) if (open.delete(path)) held.push(path)
    open = new Set(open)
  }
  return held
}

async function findSparse(store: Store, repository: WorktreeRepository): Promise<string[]> {
  if (!repository.sparse) return []
  const { stdout } = await runGit(['ls-files', '-t', '-z'], privateIndex(store, repository).git)
  return splitPaths(stdout)
    .filter((line) => line.startsWith('S '))
    .map((line) => line.slice(2))
}

async function readCommitsAfter(store: Store, target: string, head: string | null) {
  const none = { commitsAfter: [] as CommitSummary[], commitsAfterTotal: 0 }
  // A capture's parent is HEAD as it was then: most often it still is.
  if (!head || readLooseCommit(store, target)?.parents.includes(head)) return none
  const options = { gitDir: store.path, okCodes: [0, 128] }
  const range = ['--end-of-options', head, `^${target}`]
  const [list, count] = await Promise.all([
    runGit(['log', '-z', '--format=%H%x00%s%x00%an%x00%cI', `--max-count=${COMMITS_SHOWN}`, ...range], options),
    runGit(['rev-list', '--count', ...range], options),
  ])
  // The target's history may be pruned; its files are not, and they are what counts.
  if (list.code !== 0 || count.code !== 0) return none
  const fields = splitNul(list.stdout).map((field) => field.toString('utf8'))
  const commitsAfter: CommitSummary[] = []
  for (let n = 0; n + 3 < fields.length; n += 4) {
    const [sha = '', subject = '', authorName = '', committedAt = ''] = fields.slice(n, n + 4)
    commitsAfter.push({ sha, subject, authorName, committedAt })
  }
  return { commitsAfter, commitsAfterTotal: Number(count.stdout.toString().trim()) }
}
