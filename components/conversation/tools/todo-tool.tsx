import { Circle, CircleCheck, CircleDot } from 'lucide-react'
import { cx } from '@/components/ui/cx'
import { GenericTool } from './generic-tool'
import type { ToolViewProps } from './tool-view-props'

const ICONS = { completed: CircleCheck, in_progress: CircleDot, pending: Circle }

/** A list of things to do, with what is done. */
export function TodoTool(props: ToolViewProps) {
  const { input } = props
  const list = [input.todos, input.plan, input.items].find(Array.isArray)
  if (!list) return <GenericTool {...props} />
  return (
    <ul className="flex flex-col gap-0.5">
      {list.map((each, index) => {
        const todo = (typeof each === 'object' && each !== null ? each : { content: String(each) }) as Record<
          string,
          unknown
        >
        const status = String(todo.status ?? 'pending')
        const Icon = ICONS[status as keyof typeof ICONS] ?? Circle
        return (
          <li key={index} className="flex items-start gap-2 text-sm">
            <Icon
              size={14}
              aria-label={status.replace('_', ' ')}
              className={cx(
                'mt-[3px] shrink-0',
                status === 'completed' ? 'text-add' : status === 'in_progress' ? 'text-execute' : 'text-ink-3',
              )}
            />
            <span className={status === 'completed' ? 'text-ink-3 line-through' : undefined}>
              {String(todo.content ?? todo.step ?? todo.description ?? todo.text ?? '')}
            </span>
          </li>
        )
      })}
    </ul>
  )
}
