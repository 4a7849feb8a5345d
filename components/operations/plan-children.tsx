import type { PlanChildView } from '@/server/services/views'
import { RelativeTime } from '@/components/ui/relative-time'
import { PlanFiles } from './plan-files'
import { PlanSection } from './plan-section'

/** What becomes of the tasks below the one that goes back, each with its own files. */
export function PlanChildren({ tasks }: { tasks: PlanChildView[] }) {
  return (
    <PlanSection title="Child tasks" count={tasks.length}>
      <ul aria-label="Child tasks" className="flex max-h-72 flex-col gap-2 overflow-y-auto">
        {tasks.map((task) => (
          <li key={task.taskId} className="text-sm">
            <p className="flex justify-between gap-3">
              <span className="truncate font-medium">{task.name}</span>
              <RelativeTime at={task.createdAt} className="shrink-0 text-xs text-ink-3" />
            </p>
            <p className="text-xs text-ink-2">{task.sentence}</p>
            {task.files.length > 0 && (
              <details className="mt-1">
                <summary className="cursor-pointer text-xs text-ink-2">Its files</summary>
                <PlanFiles files={task.files} totals={task.fileTotals} cut={task.filesCut} />
              </details>
            )}
          </li>
        ))}
      </ul>
    </PlanSection>
  )
}
