// Owns the shape of a thought-out operation: what a preview shows, what the worker does, what the journal keeps.
// A draft is JSON-safe. It is made from what is there *now*; making it changes nothing.
import { createHash } from 'node:crypto'
import { displayPath } from '@/server/git/paths'
import type { RewindPlan } from '@/server/git/types'
import type { OperationKind, PreserveMode } from './operation-inputs'
import type { PlanFileView, PlanView } from './views'

/** Where a conversation ends: a row of a segment. `segmentId` is null while nothing was said. */
export type Head = { segmentId: string | null; seq: number }

/** A worktree of a repository; `path` is the folder on this machine. */
export type Place = { repositoryId: string; worktreeId: string; path: string }

/** One thing done to disk. Each can be done twice and taken back twice without harm. */
export type Effect =
  | { type: 'files'; plan: RewindPlan }
  /** `snapshotSha` null means the snapshot of this very operation. */
  | { type: 'preserve_branch'; name: string; snapshotSha: string | null }
  | { type: 'preserve_stash'; message: string; snapshotSha: string | null }
  | { type: 'create_branch'; name: string; sha: string }
  | { type: 'remove_branch'; name: string; sha: string }
  | { type: 'remove_stash'; sha: string; message: string; snapshotSha: string }
  /** `filesSha`: a snapshot whose files are laid out in the new worktree instead of the commit's. */
  | { type: 'create_fork'; folder: string; branch: string | null; sha: string; taskId: string; filesSha: string | null }
  | { type: 'remove_fork'; folder: string; branch: string | null; sha: string; taskId: string }
  | { type: 'capture'; number: number; message: string }

/** A move of a task's head. Rows are never deleted: the old head stays in the journal and on the shelf. */
export type TalkMove = { taskId: string; from: Head; to: Head; count: number }

/** What the recording step needs besides the effects, by kind. */
export type Details =
  | {
      kind: 'rewind'
      checkpointId: string | null
      checkpointNumber: number | null
      sha: string | null
      message: string | null
      /** Child tasks that began after the moment and are stopped. */
      aside?: string[]
    }
  | {
      kind: 'fork'
      newTaskId: string
      name: string
      plan: string | null
      /** Absent in what was drafted before tasks could start tasks. */
      parentTaskId?: string | null
      forkType: 'checkpoint' | 'timestamp' | 'message_id'
      checkpointId: string | null
      messageId: string | null
      timestamp: string | null
      position: Head | null
      messageCount: number
      includeConversation: boolean
    }
  | { kind: 'branch'; checkpointId: string; branchName: string; sha: string }
  | { kind: 'undo'; undoOf: string; undoneKind: OperationKind }
  | { kind: 'restore'; shelfItemId: string }
  | { kind: 'checkpoint'; message: string; taken?: 'manual' | 'turn' }

/** Who and what an operation is about, found without reading any file. */
export type Subject = {
  summary: string
  contractId: string | null
  taskId: string | null
  repositoryId: string | null
  /** Set when files of this worktree may change: at most one such operation runs there at a time. */
  worktreeId: string | null
  /** Worktrees of child tasks whose files may change as well. */
  childWorktreeIds?: string[]
}

/** What an operation does in one worktree and to the talk of one task. */
export type Part = {
  place: Place | null
  effects: Effect[]
  /** True when the worktree is put on the shelf before anything is done. */
  snapshot: boolean
  talk: TalkMove | null
  /** The tree that the task is known to have left here once this is done; null when there is none. */
  knownTree: string | null
}

/** The part of a child task that follows its supervisor. */
export type ChildPart = Part & { taskId: string; name: string }

export type Draft = Subject &
  Part & {
    kind: OperationKind
    children?: ChildPart[]
    details: Details
    view: PlanView
  }

/** The parts in the order in which they are done; the task's own comes first. */
export function partsOf(draft: Draft): Part[] {
  return [draft, ...(draft.children ?? [])]
}

/** Under what name a part keeps its snapshot and its stash entry; the first has the operation's own. */
export function partName(operationId: string, n: number): string {
  return n === 0 ? operationId : `${operationId}-${n}`
}

/** Files listed in a preview; the totals are always whole. */
const FILES_SHOWN = 2_000

/** Parts of a view that most kinds leave empty. */
export function emptyView(kind: PlanView['kind']): PlanView {
  return {
    planHash: '',
    kind,
    sentence: '',
    button: '',
    files: [],
    fileTotals: { restore: 0, delete: 0, recreate: 0, keep: 0 },
    filesCut: false,
    messages: null,
    commitsAfter: [],
    children: [],
    notCovered: [],
    sideEffects: [],
    preserved: null,
    agents: [],
  }
}

const ORDER = { delete: 0, restore: 1, recreate: 2, keep: 3 } as const

/** The part of a view that tells of files. */
export function viewFiles(
  plan: RewindPlan | null,
): Pick<PlanView, 'files' | 'fileTotals' | 'filesCut' | 'notCovered' | 'commitsAfter'> {
  if (!plan)
    return {
      files: [],
      fileTotals: { restore: 0, delete: 0, recreate: 0, keep: 0 },
      filesCut: false,
      notCovered: [],
      commitsAfter: [],
    }
  const sorted = [...plan.actions].sort((a, b) => ORDER[a.action] - ORDER[b.action] || (a.path < b.path ? -1 : 1))
  const files: PlanFileView[] = sorted
    .slice(0, FILES_SHOWN)
    .map((action) => ({ path: displayPath(action.path), action: action.action, reason: action.reason ?? null }))
  return {
    files,
    fileTotals: { ...plan.counts },
    filesCut: plan.actions.length > FILES_SHOWN,
    notCovered: plan.notCovered
      .slice(0, FILES_SHOWN)
      .map((entry) => ({ path: displayPath(entry.path), reason: entry.detail ?? entry.reason.replaceAll('_', ' ') })),
    commitsAfter: plan.commitsAfter.map(({ sha, subject }) => ({ sha, subject })),
  }
}

/** Files that a plan writes, creates or deletes. */
export function countChanges(plan: RewindPlan | null): number {
  return plan ? plan.counts.restore + plan.counts.delete + plan.counts.recreate : 0
}

/** "12 files and 34 messages"; parts that are zero are left out. */
export function countWords(files: number, messages: number): string {
  const parts: string[] = []
  if (files > 0) parts.push(files === 1 ? '1 file' : `${files.toLocaleString('en')} files`)
  if (messages > 0) parts.push(messages === 1 ? '1 message' : `${messages.toLocaleString('en')} messages`)
  return parts.join(' and ')
}

/** Ties doing to seeing: equal parts give equal text. Choices that do not change what happens to files or talk stay out. */
export function hashPlan(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** A name for people in a sentence: one line, cut. */
export function quoteName(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim()
  return `“${line.length > 60 ? `${line.slice(0, 59)}…` : line}”`
}

export type PreserveChoice = { mode: PreserveMode; branchName: string | null }
