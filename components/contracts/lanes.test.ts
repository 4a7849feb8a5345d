import { describe, expect, test } from 'vitest'
import { buildLanes, type LaneEvent, type LaneTask, orderTasks } from './lanes'

const at = (minutes: number) => new Date(minutes * 60_000)
const task = (id: string, from: number, to: number, more: Partial<LaneTask> = {}): LaneTask => ({
  id,
  name: id,
  parentTaskId: null,
  forkedFromTaskId: null,
  isSupervisor: false,
  startedAt: at(from),
  lastActivityAt: at(to),
  ...more,
})
const event = (
  id: string,
  eventType: string,
  taskId: string,
  minutes: number,
  phase: LaneEvent['phase'] = null,
): LaneEvent => ({
  id,
  eventType,
  taskId,
  phase,
  createdAt: at(minutes),
  href: null,
  label: id,
})

describe('order', () => {
  test('the supervisor comes first and children stand under their parent by time', () => {
    const tasks = [
      task('late child', 20, 30, { parentTaskId: 'boss' }),
      task('fork of child', 12, 30, { forkedFromTaskId: 'child' }),
      task('child', 10, 15, { parentTaskId: 'boss' }),
      task('boss', 5, 40, { isSupervisor: true }),
      task('other', 0, 3),
    ]
    expect(orderTasks(tasks).map(({ task, depth }) => `${depth} ${task.id}`)).toEqual([
      '0 boss',
      '1 child',
      '2 fork of child',
      '1 late child',
      '0 other',
    ])
  })
  test('tasks whose parents form a ring are still shown once', () => {
    const tasks = [task('a', 0, 1, { parentTaskId: 'b' }), task('b', 0, 1, { parentTaskId: 'a' })]
    expect(orderTasks(tasks)).toHaveLength(2)
  })
})

describe('picture', () => {
  const tasks = [task('boss', 0, 40, { isSupervisor: true }), task('fork', 10, 20, { forkedFromTaskId: 'boss' })]
  test('lanes begin and end with their task and lie inside the width', () => {
    const { lanes } = buildLanes(tasks, [], 400)
    expect(lanes.map((lane) => [lane.x1, lane.x2])).toEqual([
      [0, 400],
      [100, 200],
    ])
  })
  test('a fork is joined to its origin at the moment it was taken', () => {
    expect(buildLanes(tasks, [], 400).joins).toEqual([{ kind: 'fork', from: 0, to: 1, x: 100 }])
  })
  test('marks are put on the lane of their task, and events without a mark are left out', () => {
    const events = [event('k', 'checkpoint.created', 'boss', 20), event('x', 'task.created', 'boss', 0)]
    const { lanes } = buildLanes(tasks, events, 400)
    expect(lanes[0]?.marks).toEqual([{ id: 'k', x: 200, kind: 'checkpoint', href: null, label: 'k' }])
  })
  test('phases are bands that follow each other to the end', () => {
    const events = [
      event('2', 'message.received', 'boss', 20, 'execute'),
      event('1', 'message.received', 'boss', 0, 'plan'),
    ]
    expect(buildLanes(tasks, events, 400).phases).toEqual([
      { phase: 'plan', x1: 0, x2: 200 },
      { phase: 'execute', x1: 200, x2: 400 },
    ])
  })
})
