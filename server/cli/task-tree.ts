// Draws the tasks of a contract as a tree of lines, each below the task that started it.
import type { TaskView } from '@/server/services/views'

export type ListedTask = Pick<
  TaskView,
  'id' | 'parentTaskId' | 'isSupervisor' | 'name' | 'status' | 'phase' | 'agent' | 'messageCount'
>

/** One line a task, in the given order among siblings. A task whose parent is not in the list stands at the top. */
export function taskTree(tasks: ListedTask[]): string[] {
  const known = new Set(tasks.map(({ id }) => id))
  const under = new Map<string | null, ListedTask[]>()
  for (const task of tasks) {
    const parent = task.parentTaskId !== null && known.has(task.parentTaskId) ? task.parentTaskId : null
    under.set(parent, [...(under.get(parent) ?? []), task])
  }
  const lines: string[] = []
  const draw = (parent: string | null, before: string): void => {
    const children = under.get(parent) ?? []
    for (const [i, task] of children.entries()) {
      const isLast = i === children.length - 1
      const branch = parent === null ? '' : isLast ? '└─ ' : '├─ '
      lines.push(before + branch + describe(task))
      draw(task.id, parent === null ? '' : before + (isLast ? '   ' : '│  '))
    }
  }
  draw(null, '')
  return lines
}

function describe({ id, isSupervisor, name, status, agent, messageCount }: ListedTask): string {
  const short = name.replaceAll(/\s+/g, ' ').slice(0, 80)
  const role = isSupervisor ? ' (supervisor)' : ''
  return `${short}${role}  ${status}, ${agent}, ${messageCount} ${messageCount === 1 ? 'message' : 'messages'}  ${id}`
}
