// Owns the shapes that cross the door of the git engine. Everything here is JSON-safe, so that plans fit in a journal.
//
// A path is a string that holds *all* bytes of a git path: valid UTF-8 as itself, every other byte as one character of
// U+F780..U+F7FF (see paths.ts). It is safe in JSON and PostgreSQL, reversible, and readable on a screen.

export type ObjectFormat = 'sha1' | 'sha256'

/** Where HEAD stands. `sha` is null on an unborn branch; `branch` is null when detached. */
export interface HeadState {
  sha: string | null
  branch: string | null
  detached: boolean
}

/** A repository as found on disk. `topLevel` is null for a bare one. All paths are absolute and real. */
export interface Repository {
  /** The folder that was asked for. */
  path: string
  topLevel: string | null
  gitDir: string
  commonDir: string
  bare: boolean
  objectFormat: ObjectFormat
  head: HeadState
  /** Identity that survives moving the folder: root commits of HEAD, oldest first; empty when unborn or shallow. */
  rootCommits: string[]
  /** `host/owner/name` of origin without scheme, user, password and `.git`; null when there is none. */
  remote: string | null
  /** True when there is no commit yet. */
  empty: boolean
  shallow: boolean
  sparse: boolean
  /** True for a clone that fetches objects only when needed; we never fetch. */
  partial: boolean
  /** Facts of the user's configuration that change how files are read; everything else of it is ignored. */
  fileMode: boolean
  symlinks: boolean
  /** True when git may hold other bytes than the disk (autocrlf, attributes, LFS): such files are hashed anew. */
  converts: boolean
}

/** A repository that surely has a worktree; see `requireWorktree`. */
export interface WorktreeRepository extends Repository {
  topLevel: string
  bare: false
}

/** Our private bare repository that borrows the objects of the user's. */
export interface Store {
  /** The bare git folder. */
  path: string
  repositoryId: string
  objectFormat: ObjectFormat
}

export type NotCoveredReason =
  | 'ignored'
  | 'too_large'
  | 'submodule'
  | 'nested_repository'
  | 'lfs_pointer'
  | 'unreadable'
  | 'special_file'

/** Something the capture does not hold. Folders end in `/`. */
export interface NotCovered {
  path: string
  reason: NotCoveredReason
  /** A sentence part for people, such as `214 MB, over the limit of 200 MB`. */
  detail?: string
}

export interface CaptureLimits {
  /** Untracked or changed files above this many bytes are left out and reported. Default 200 MB. */
  maxFileBytes?: number
  /** The whole capture is given up after this many milliseconds. Default 120,000. */
  timeoutMs?: number
}

export interface Capture {
  commitSha: string
  treeSha: string
  ref: string
  /** HEAD at the moment of the capture; the commit's parent. Null on an unborn branch. */
  baseHead: string | null
  branch: string | null
  /** What the counts compare with: the previous capture of this worktree, else HEAD, else nothing. */
  previousSha: string | null
  filesChanged: number
  additions: number
  deletions: number
  /** Objects that are only the person's git's so far: they have to be packed before that prunes them. */
  borrowed: number
  notCovered: NotCovered[]
  durationMs: number
}

/** The state of the worktree as a tree in the store, without a commit or ref. */
export interface WorktreeTree {
  treeSha: string
  /** From `compareWith` to the worktree; null when it was not asked for or has to be found by comparing the trees. */
  changes: ChangedFile[] | null
  notCovered: NotCovered[]
  head: HeadState
}

/** A capture without its counts: nobody looks at those of a safety snapshot, and they cost time. */
export interface Snapshot extends Omit<Capture, 'filesChanged' | 'additions' | 'deletions'> {
  operationId: string
}

export interface StoredSnapshot {
  operationId: string
  ref: string
  commitSha: string
  treeSha: string
  createdAt: Date
  baseHead: string | null
  branch: string | null
}

/** A file's content and kind in a tree. Modes: 100644, 100755, 120000 (symlink), 160000 (submodule). */
export interface FileState {
  mode: string
  sha: string
}

export type RewindActionKind = 'restore' | 'delete' | 'recreate' | 'keep'

export type KeepReason =
  | 'edited_since'
  | 'unknown_origin'
  | 'other_task'
  | 'not_owned'
  | 'ignored_now'
  | 'ignored_then'
  | 'not_covered'
  | 'submodule'
  | 'sparse'
  | 'blocked'
  | 'unsafe_path'
  | 'case_clash'

/** What happens to one path. `from` is its state now, `to` its state in the target; null means absent. */
export interface RewindAction {
  path: string
  action: RewindActionKind
  from: FileState | null
  to: FileState | null
  /** Only for `keep`. */
  keepReason?: KeepReason
  /** Only for `keep`: a sentence for people. */
  reason?: string
}

export interface RewindOptions {
  /** True also takes back what was edited or added since the last known state. */
  includeEdited: boolean
  /** True also takes back paths that another task changed. */
  includeOthers: boolean
  /** Paths that are included whatever the two switches above say: the ticks of a dialog. */
  includePaths: string[]
}

export interface CommitSummary {
  sha: string
  subject: string
  authorName: string
  committedAt: string
}

/** Everything `planRewind` needs to decide, read from disk once. */
export interface RewindFacts {
  targetSha: string
  targetTree: string
  nowTree: string
  head: HeadState
  lastKnownTree: string | null
  differences: Array<{ path: string; from: FileState | null; to: FileState | null }>
  /** Paths that are not now as the task's last capture left them; null when there is no last capture. */
  editedSince: string[] | null
  targetIsCommit: boolean
  /** Paths that exist now and that some capture of this task held. Only asked for paths the target lacks. */
  knownPaths: string[]
  /** When given, only these paths belong to the task. */
  ownedPaths: string[] | null
  otherTasks: Array<{ path: string; task: string }>
  /** Paths on disk that captures do not hold, among those the target wants to create. */
  occupied: Array<{ path: string; reason: KeepReason; detail: string }>
  /** A path that can only be written when all of `needs` are deleted first; `possible` false when they do not suffice. */
  blockers: Array<{ path: string; needs: string[]; possible: boolean; detail: string }>
  /** Paths that the ignore rules of the target would have left out. */
  ignoredThen: string[]
  sparsePaths: string[]
  caseClashes: string[]
  notCovered: NotCovered[]
  /** Commits that HEAD has and the target's base has not, newest first, at most 500. */
  commitsAfter: CommitSummary[]
  commitsAfterTotal: number
}

export interface RewindPlan {
  targetSha: string
  targetTree: string
  nowTree: string
  head: HeadState
  options: RewindOptions
  actions: RewindAction[]
  counts: Record<RewindActionKind, number>
  notCovered: NotCovered[]
  commitsAfter: CommitSummary[]
  commitsAfterTotal: number
  /** sha256 over target, present state, options and actions. `apply*` refuses when the worktree no longer fits it. */
  planHash: string
}

export type PlanResult =
  | { ok: true; plan: RewindPlan }
  | { ok: false; code: 'nothing_to_do' | 'target_missing' | 'unsupported'; reason: string }

export interface PathResult {
  path: string
  action: RewindActionKind
  outcome: 'done' | 'kept' | 'failed'
  reason?: string
}

export interface ApplyResult {
  /** The tree of the worktree as read back afterwards. */
  treeSha: string
  results: PathResult[]
  /** Paths outside the plan that somebody changed while it was applied; they were left alone. */
  changedMeanwhile: string[]
  durationMs: number
}

export type ChangeStatus = 'added' | 'modified' | 'deleted' | 'renamed' | 'copied' | 'type_changed'

export interface ChangedFile {
  path: string
  /** The former name of a renamed or copied file. */
  oldPath: string | null
  status: ChangeStatus
  /** Null for binary files. */
  additions: number | null
  deletions: number | null
  binary: boolean
  from: FileState | null
  to: FileState | null
}

export interface TreeEntry extends FileState {
  path: string
  type: 'blob' | 'tree' | 'commit'
  /** Bytes; null for trees and submodules. */
  size: number | null
}

export interface LogCommit {
  sha: string
  tree: string
  parents: string[]
  authorName: string
  authorEmail: string
  authoredAt: Date
  committedAt: Date
  subject: string
  /** The whole message: squashing moves trailers into its middle, where git does not see them. */
  body: string
  /** In order of appearance; a key may occur many times (`Entire-Checkpoint`). */
  trailers: Array<{ key: string; value: string }>
  /** Zero for merges. */
  filesChanged: number
  additions: number
  deletions: number
}
