// Plans what happens to the files of one worktree, for every kind of operation that touches some. Reads only.
import { and, eq, gt, inArray, ne, sql } from 'drizzle-orm'
import { taskCheckpoints, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { checkBranchName } from '@/server/git/branch'
import { listChangedFiles } from '@/server/git/diff'
import { defaultBranchName } from '@/server/git/preserve'
import { planRewind, readRewindFacts } from '@/server/git/rewind'
import type { PlanResult, RewindOptions, RewindPlan, Store } from '@/server/git/types'
import type { Effect, PreserveChoice } from './operation-draft'
import { findKnownTree } from './operation-known-tree'
import { type CheckpointRow, type OpenPlace, requireObjects, type TaskRow } from './operation-subjects'
import type { PlanView } from './views'

export type CodePlan = {
  /** Null when the files are already as they should be; `nothing` then says so. */
  plan: RewindPlan | null
  nothing: string | null
  knownTree: string
}

/**
 * Compares the worktree with a checkpoint of the task.
 * What was edited since by somebody else is kept unless `includeEdited`. When that is left open, it is taken to be true only
 * where the checkpoint is a capture, the task's last known state, and no edit was kept on the way there: then those edits
 * are all there is to go back from. A commit is no such state: work that was never committed is always somebody's.
 */
export async function planToCheckpoint(
  ctx: Context,
  open: OpenPlace,
  task: TaskRow,
  checkpoint: CheckpointRow,
  includeEdited: boolean | null | undefined,
): Promise<CodePlan> {
  // Beside the reading of the files; whatever goes wrong there, what is pruned is the reason to tell.
  const verified = requireObjects(open.store, checkpoint)
  // It is awaited below; until then nobody listens.
  verified.catch(() => {})
  const unlessPruned = async (error: unknown): Promise<never> => {
    await verified
    throw error
  }
  const [known, knownTrees] = await Promise.all([
    findKnownTree(ctx, task.id, open.worktreeId),
    listKnownTrees(ctx, task.id),
  ]).catch(unlessPruned)
  const lastKnownTree = known.tree
  const targetIsCommit = checkpoint.kind === 'commit'
  const included = includeEdited ?? (!targetIsCommit && lastKnownTree === checkpoint.treeSha && !known.keptSome)
  const facts = await readRewindFacts({
    store: open.store,
    repository: open.repository,
    targetSha: checkpoint.commitSha,
    lastKnownTree,
    targetIsCommit,
    knownTrees,
    otherTasks: included ? [] : await listPathsOfOthers(ctx, open.store, task, checkpoint),
  }).catch(unlessPruned)
  await verified
  return settle(planRewind(facts, rewindOptions(included)), checkpoint.treeSha)
}

export function rewindOptions(included: boolean): RewindOptions {
  return { includeEdited: included, includeOthers: included, includePaths: [] }
}

/** @throws AppError when the plan is impossible; "nothing to do" is an answer, not an error. */
export function settle(result: PlanResult, knownTree: string): CodePlan {
  if (result.ok) return { plan: result.plan, nothing: null, knownTree }
  if (result.code === 'nothing_to_do') return { plan: null, nothing: result.reason, knownTree }
  throw new AppError('precondition_failed', result.reason)
}

/** Trees of the task's newest checkpoints: a path that one of them held is known to be the task's. */
async function listKnownTrees(ctx: Context, taskId: string): Promise<string[]> {
  const rows = await ctx.db
    .selectDistinct({ tree: taskCheckpoints.treeSha, number: taskCheckpoints.number })
    .from(taskCheckpoints)
    .where(eq(taskCheckpoints.taskId, taskId))
    .orderBy(sql`${taskCheckpoints.number} desc`)
    .limit(200)
  return rows.map((row) => row.tree)
}

/** Checkpoints of other tasks looked at for the reason "another task changed it"; more would only slow the preview down. */
const OTHERS_SEEN = 60

/**
 * What other tasks changed in this folder since the checkpoint by their captures, so that the plan keeps and names it.
 * Their commits are not asked: git keeps those, the plan lists them, and half a tree of then is no state of anything.
 * Children are not others.
 */
async function listPathsOfOthers(
  ctx: Context,
  store: Store,
  task: TaskRow,
  checkpoint: CheckpointRow,
): Promise<{ path: string; task: string }[]> {
  if (!task.worktreeId) return []
  const rows = await ctx.db
    .select({ name: tasks.name, sha: taskCheckpoints.commitSha, base: taskCheckpoints.baseHead })
    .from(taskCheckpoints)
    .innerJoin(tasks, eq(tasks.id, taskCheckpoints.taskId))
    .where(
      and(
        eq(taskCheckpoints.worktreeId, task.worktreeId),
        ne(tasks.id, task.id),
        sql`${tasks.parentTaskId} is distinct from ${task.id}`,
        gt(taskCheckpoints.createdAt, checkpoint.createdAt),
        inArray(taskCheckpoints.kind, ['turn', 'manual']),
      ),
    )
    .orderBy(sql`${taskCheckpoints.createdAt} desc`)
    .limit(OTHERS_SEEN)
  const seen = new Map<string, string>()
  for (const row of rows) {
    if (!row.base) continue
    // An object that was pruned meanwhile only costs the reason its name.
    const changed = await listChangedFiles(store, row.base, row.sha).catch(() => [])
    for (const file of changed) if (!seen.has(file.path)) seen.set(file.path, row.name)
  }
  return [...seen].map(([path, name]) => ({ path, task: name }))
}

/**
 * How the state before is preserved besides the shelf.
 * @throws AppError `invalid` or `conflict` for a bad branch name, `precondition_failed` where git cannot stash.
 */
export async function planPreserve(
  open: OpenPlace,
  choice: PreserveChoice,
  taskName: string,
  summary: string,
): Promise<{ effects: Effect[]; view: PlanView['preserved'] }> {
  if (choice.mode === 'create_branch') {
    const name = choice.branchName ?? (await defaultBranchName(open.repository, slugOf(taskName)))
    await checkBranchName(open.repository, name)
    return {
      effects: [{ type: 'preserve_branch', name, snapshotSha: null }],
      view: { stateType: 'branch', reference: name },
    }
  }
  if (choice.mode === 'stash') {
    if (open.repository.head.sha === null) {
      throw new AppError(
        'precondition_failed',
        'This repository has no commit yet, so git cannot stash in it. Choose a branch or the recover shelf instead.',
      )
    }
    const message = `makima: before ${summary}`
    return {
      effects: [{ type: 'preserve_stash', message, snapshotSha: null }],
      view: { stateType: 'stash', reference: message },
    }
  }
  return { effects: [], view: { stateType: 'shelf', reference: 'recover shelf' } }
}

/** A piece of a branch or folder name made from a person's words. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return slug || 'task'
}
