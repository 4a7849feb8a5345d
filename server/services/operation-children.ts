// Drafts the consistent cut: the tasks below the one that goes back go to the same moment, in the same operation.
import type { Context } from '@/server/context'
import { isAppError } from '@/server/errors'
import type { RewindPlan } from '@/server/git/types'
import { planPreserve, planToCheckpoint } from './operation-code'
import { type Descendant, listDescendants, requireIdleTasks } from './operation-descendants'
import {
  type ChildPart,
  countChanges,
  countWords,
  type PreserveChoice,
  type TalkMove,
  viewFiles,
} from './operation-draft'
import { type CheckpointRow, findCheckpointAt, getTaskWithPlace, openPlace, requirePlace } from './operation-subjects'
import { headAt, indexAtTime, readHeadPath } from './operation-talk'
import type { PlanChildView } from './views'

export type Cut = {
  taskId: string
  /** The moment to go back to; null leaves every child as it is. */
  at: Date | null
  /** The worktree of the task itself: the files of children that share it go back with its own. */
  worktreeId: string | null
  daemonId: string | null
  include: boolean
  code: boolean
  talk: boolean
  preserve: PreserveChoice
  includeEdited: boolean | null | undefined
  summary: string
}

export type Children = {
  parts: ChildPart[]
  /** Tasks that began after the moment. */
  aside: string[]
  views: PlanChildView[]
  /** Ties the doing to the seeing; null when children were not asked to follow. */
  hash: unknown
}

/** @throws AppError `conflict` when an agent is at work in a task that would follow or be left aside. */
export async function draftChildren(ctx: Context, cut: Cut): Promise<Children> {
  const none: Children = { parts: [], aside: [], views: [], hash: null }
  const { at } = cut
  if (!at) return none
  const all = await listDescendants(ctx, cut.taskId, at)
  if (!cut.include) return { ...none, views: all.filter((c) => c.later || c.hasLaterMessages).map((c) => stay(c)) }
  const checkpoints = cut.code ? await chooseCheckpoints(ctx, all, cut, at) : new Map<string, CheckpointRow | null>()
  const drafted: Drafted[] = []
  for (const child of all) drafted.push(child.later ? setAside(child) : await follow(ctx, child, checkpoints, cut, at))
  const parts = drafted.flatMap(({ part }) => part ?? [])
  const views = drafted.flatMap(({ view }) => view ?? [])
  const aside = views.filter((view) => view.action === 'aside').map((view) => view.taskId)
  await requireIdleTasks(ctx, [...parts.map((part) => part.taskId), ...aside])
  return { parts, aside, views, hash: [parts.map(hashChild), aside] }
}

/** What is said of children besides the task's own part; nothing when none is moved. */
export function tellChildren(parts: readonly ChildPart[], aside: readonly string[] = []): string[] {
  const files = parts.reduce((sum, part) => sum + countChanges(planOf(part)), 0)
  const messages = parts.reduce((sum, part) => sum + Math.abs(part.talk?.count ?? 0), 0)
  const words = countWords(files, messages)
  const told: string[] = []
  if (parts.length > 0) {
    told.push(
      `${countTasks(parts.length)} ${parts.length === 1 ? 'follows' : 'follow'}${words ? ` with ${words}` : ''}`,
    )
  }
  if (aside.length > 0) {
    told.push(`${countTasks(aside.length)} that began later ${aside.length === 1 ? 'is' : 'are'} left aside`)
  }
  return told
}

/** The same as a sentence behind others. */
export function addChildren({ parts, aside }: Children): string {
  const told = tellChildren(parts, aside).join('; ')
  return told ? ` ${told}.` : ''
}

function countTasks(n: number): string {
  return n === 1 ? '1 child task' : `${n.toLocaleString('en')} child tasks`
}

/** The name of the act on its button. */
export function tellButton(files: number, messages: number, { parts, aside }: Children): string {
  const words = [countWords(files, messages), parts.length > 0 ? countTasks(parts.length) : '']
    .filter(Boolean)
    .join(' and ')
  if (words) return `Rewind ${words}`
  return aside.length > 0 ? 'Stop the later child tasks' : 'Nothing to rewind'
}

export function planOf(part: Pick<ChildPart, 'effects'>): RewindPlan | null {
  return part.effects.find((effect) => effect.type === 'files')?.plan ?? null
}

export function hashChild(part: ChildPart): unknown {
  return [part.taskId, planOf(part)?.planHash ?? null, part.talk?.from ?? null, part.talk?.to ?? null]
}

type Drafted = { part: ChildPart | null; view: PlanChildView | null }

export function viewChild(
  child: { taskId: string; name: string; createdAt: Date },
  action: PlanChildView['action'],
  sentence: string,
  plan: RewindPlan | null = null,
  messages = 0,
): PlanChildView {
  const { files, fileTotals, filesCut } = viewFiles(plan)
  const { taskId, name, createdAt } = child
  return { taskId, name, createdAt, action, sentence, messages, files, fileTotals, filesCut }
}

const toNamed = ({ task, born }: Descendant) => ({ taskId: task.id, name: task.name, createdAt: born })

function stay(child: Descendant, reason = 'It is not touched.'): PlanChildView {
  const what = child.later ? 'Began after this point.' : child.hasLaterMessages ? 'Went on after this point.' : ''
  return viewChild(toNamed(child), 'stays', `${what} ${reason}`.trim())
}

function setAside(child: Descendant): Drafted {
  const sentence = 'Began after this point. It is stopped and left aside; its own folder and messages stay as they are.'
  return { part: null, view: viewChild(toNamed(child), 'aside', sentence) }
}

/** The checkpoint that says how the folder of a child was: of children that share a folder, one answers for all of them. */
async function chooseCheckpoints(
  ctx: Context,
  all: Descendant[],
  cut: Cut,
  at: Date,
): Promise<Map<string, CheckpointRow | null>> {
  const chosen = new Map<string, { taskId: string; checkpoint: CheckpointRow | null }>()
  for (const { task, later } of all) {
    if (later || !task.worktreeId || task.worktreeId === cut.worktreeId) continue
    const checkpoint = await findCheckpointAt(ctx, task.id, at)
    const known = chosen.get(task.worktreeId)
    const isNewer = checkpoint && (!known?.checkpoint || known.checkpoint.createdAt < checkpoint.createdAt)
    if (!known || isNewer) chosen.set(task.worktreeId, { taskId: task.id, checkpoint })
  }
  return new Map([...chosen.values()].map(({ taskId, checkpoint }) => [taskId, checkpoint]))
}

async function follow(
  ctx: Context,
  child: Descendant,
  checkpoints: Map<string, CheckpointRow | null>,
  cut: Cut,
  at: Date,
): Promise<Drafted> {
  const talk = cut.talk && child.hasLaterMessages ? await planTalk(ctx, child, at) : null
  const checkpoint = checkpoints.get(child.task.id)
  const code = checkpoint === undefined ? null : await planCode(ctx, child, checkpoint, cut)
  const plan = code?.plan ?? null
  const sharesFolder = cut.code && child.task.worktreeId !== null && child.task.worktreeId === cut.worktreeId
  const reason = code?.reason ?? (sharesFolder ? 'Its files are those of this task and go back with them.' : null)
  if (!talk && !plan) {
    return { part: null, view: code?.reason || child.hasLaterMessages ? stay(child, reason ?? undefined) : null }
  }
  const told = [
    talk ? `${countWords(0, talk.count)} leave its conversation` : '',
    plan && code ? `${countWords(countChanges(plan), 0)} in ${code.place?.path} will be as at ${code.target}` : '',
  ].filter(Boolean)
  const sentence = `${told.join('; ')}.${reason ? ` ${reason}` : ''}`.replace(/^./, (start) => start.toUpperCase())
  return {
    part: {
      taskId: child.task.id,
      name: child.task.name,
      place: plan ? (code?.place ?? null) : null,
      effects: plan ? (code?.effects ?? []) : [],
      snapshot: plan !== null,
      talk,
      knownTree: plan ? (code?.knownTree ?? null) : null,
    },
    view: viewChild(toNamed(child), 'follows', sentence, plan, talk?.count ?? 0),
  }
}

async function planTalk(ctx: Context, { task }: Descendant, at: Date): Promise<TalkMove | null> {
  const from = { segmentId: task.headSegmentId, seq: task.headSeq }
  const path = await readHeadPath(ctx, from)
  const index = await indexAtTime(ctx, path, at)
  const count = path.total - index - 1
  return count > 0 ? { taskId: task.id, from, to: headAt(path, index), count } : null
}

/** A folder that cannot go back is left as it is, and the reason is told: the others are no worse for it. */
async function planCode(ctx: Context, child: Descendant, checkpoint: CheckpointRow | null, cut: Cut) {
  const left = (reason: string) => ({ plan: null, reason, effects: [], place: null, knownTree: null, target: '' })
  if (!checkpoint) return left('Its files stay: there is no checkpoint of it at or before that moment.')
  if (child.daemonId !== cut.daemonId) return left('Its files stay: they lie on another machine.')
  try {
    const { task } = child
    const place = requirePlace(await getTaskWithPlace(ctx, task.id))
    const open = await openPlace(ctx, place)
    const { plan, knownTree } = await planToCheckpoint(ctx, open, task, checkpoint, cut.includeEdited)
    if (!plan) return null
    if (countChanges(plan) === 0) return left('Its files stay: those that differ were edited since by somebody else.')
    // The name alone may be that of another task, whose branch is wanted too.
    const name = `${task.id.slice(-4)} ${task.name}`
    const choice = { mode: cut.preserve.mode, branchName: null }
    const preserve = await planPreserve(open, choice, name, `${cut.summary} (${name})`)
    const kept = preserve.view?.stateType === 'branch' ? `; the state before is kept as ${preserve.view.reference}` : ''
    const target = `checkpoint ${checkpoint.number} (${checkpoint.commitSha.slice(0, 8)})${kept}`
    return {
      plan,
      reason: null,
      effects: [...preserve.effects, { type: 'files' as const, plan }],
      place,
      knownTree,
      target,
    }
  } catch (error) {
    if (!isAppError(error) || !['precondition_failed', 'not_found', 'invalid'].includes(error.code)) throw error
    return left(`Its files stay: ${error.message}`)
  }
}
