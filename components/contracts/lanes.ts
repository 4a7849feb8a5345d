// From the tasks and events of a contract to lanes: which lane, where it begins and ends, what is marked on it, which lines join lanes.
import type { Phase } from '@/server/services/views'
import { buildTimeScale, type TimeScale } from './time-scale'

export type LaneTask = {
  id: string
  name: string
  parentTaskId: string | null
  forkedFromTaskId: string | null
  isSupervisor: boolean
  startedAt: Date | null
  lastActivityAt: Date
}

export type LaneEvent = {
  id: string
  eventType: string
  taskId: string | null
  phase: Phase | null
  createdAt: Date
  href: string | null
  label: string
}

export type MarkKind = 'checkpoint' | 'rewind' | 'compaction' | 'prompt'

export type Lane = {
  task: LaneTask
  depth: number
  x1: number
  x2: number
  marks: { id: string; x: number; kind: MarkKind; href: string | null; label: string }[]
}

export type Lanes = {
  scale: TimeScale
  lanes: Lane[]
  phases: { phase: Phase; x1: number; x2: number }[]
  /** From a lane to a later one: a child started or a fork taken. */
  joins: { kind: 'child' | 'fork'; from: number; to: number; x: number }[]
}

const MARKS: Record<string, MarkKind | undefined> = {
  'checkpoint.created': 'checkpoint',
  'rewind.applied': 'rewind',
  'conversation.rewound': 'rewind',
  'conversation.compacted': 'compaction',
  'message.received': 'prompt',
}

/** Tasks in the order of a tree: the supervisor first, under each task its children and forks by the time they began. */
export function orderTasks<T extends LaneTask>(tasks: readonly T[]): { task: T; depth: number }[] {
  const ids = new Set(tasks.map((task) => task.id))
  const parentOf = (task: LaneTask) =>
    [task.forkedFromTaskId, task.parentTaskId].find((id) => id && ids.has(id)) ?? null
  const children = new Map<string | null, T[]>()
  for (const task of tasks) {
    const parent = parentOf(task) === task.id ? null : parentOf(task)
    children.set(parent, [...(children.get(parent) ?? []), task])
  }
  for (const list of children.values()) {
    list.sort((a, b) => Number(b.isSupervisor) - Number(a.isSupervisor) || startOf(a) - startOf(b))
  }
  const ordered: { task: T; depth: number }[] = []
  const stack = [...(children.get(null) ?? [])].reverse().map((task) => ({ task, depth: 0 }))
  const seen = new Set<string>()
  while (stack.length > 0) {
    const next = stack.pop()
    if (!next || seen.has(next.task.id)) continue
    seen.add(next.task.id)
    ordered.push(next)
    for (const child of [...(children.get(next.task.id) ?? [])].reverse())
      stack.push({ task: child, depth: next.depth + 1 })
  }
  // Tasks in a ring of parents hang on nothing; they are still shown.
  return [...ordered, ...tasks.filter((task) => !seen.has(task.id)).map((task) => ({ task, depth: 0 }))]
}

/** The whole picture for a width in pixels. */
export function buildLanes(tasks: readonly LaneTask[], events: readonly LaneEvent[], width: number): Lanes {
  const ordered = orderTasks(tasks)
  const moments = [
    ...ordered.flatMap(({ task }) => [new Date(startOf(task)), task.lastActivityAt]),
    ...events.map((event) => event.createdAt),
  ]
  const scale = buildTimeScale(moments, width)
  const byTask = new Map<string, LaneEvent[]>()
  for (const event of events) {
    if (!event.taskId || !MARKS[event.eventType]) continue
    byTask.set(event.taskId, [...(byTask.get(event.taskId) ?? []), event])
  }
  const lanes = ordered.map(({ task, depth }): Lane => {
    const marks = (byTask.get(task.id) ?? []).map((event) => ({
      id: event.id,
      x: scale.place(event.createdAt),
      kind: MARKS[event.eventType] ?? 'prompt',
      href: event.href,
      label: event.label,
    }))
    const x1 = scale.place(new Date(startOf(task)))
    return { task, depth, x1, x2: Math.max(x1 + 2, scale.place(task.lastActivityAt)), marks }
  })
  const place = new Map(lanes.map((lane, index) => [lane.task.id, index]))
  const joins = lanes.flatMap((lane, to) => {
    const fork = lane.task.forkedFromTaskId !== null
    const from = place.get(lane.task.forkedFromTaskId ?? lane.task.parentTaskId ?? '')
    return from === undefined || from === to
      ? []
      : [{ kind: fork ? ('fork' as const) : ('child' as const), from, to, x: lane.x1 }]
  })
  return { scale, lanes, joins, phases: buildPhaseBands(events, scale) }
}

/** Stretches of one phase, by the phase that events carry, in the order of time. */
export function buildPhaseBands(events: readonly LaneEvent[], scale: TimeScale): Lanes['phases'] {
  const known = events
    .filter((event) => event.phase !== null)
    .sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())
  const bands: Lanes['phases'] = []
  for (const event of known) {
    const x = scale.place(event.createdAt)
    const last = bands[bands.length - 1]
    if (last) last.x2 = x
    if (event.phase && last?.phase !== event.phase) bands.push({ phase: event.phase, x1: x, x2: x })
  }
  const final = bands[bands.length - 1]
  if (final) final.x2 = Math.max(final.x2, scale.place(scale.to))
  return bands
}

function startOf(task: LaneTask): number {
  return (task.startedAt ?? task.lastActivityAt).getTime()
}
