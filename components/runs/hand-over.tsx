'use client'
import type { HandOverView } from '@/server/services/runs/run-views'
import { Facts } from '@/components/ui/facts'
import { formatCount, shortenPath } from '@/components/ui/format'
import { ToggleSwitch } from '@/components/ui/toggle-switch'

/** What the agent will know, and what may be carried over from the path that is left. */
export function HandOver({
  view,
  chosen,
  onChoose,
  withTried,
  onTried,
}: {
  view: HandOverView
  chosen: ReadonlySet<string>
  onChoose: (next: ReadonlySet<string>) => void
  withTried: boolean
  onTried: (next: boolean) => void
}) {
  const toggle = (id: string) => {
    const next = new Set(chosen)
    if (!next.delete(id)) next.add(id)
    onChoose(next)
  }
  return (
    <section aria-label="What the agent will know" className="flex flex-col gap-2 text-sm">
      <Facts
        facts={[
          { name: 'Messages', value: formatCount(view.messages) },
          {
            name: 'Tokens',
            value: view.tokens ? `${view.tokens.exact ? '' : 'about '}${formatCount(view.tokens.count)}` : 'none',
            title: view.tokens?.exact
              ? "The model's own count of its last answer."
              : 'Estimated from the length of what was said.',
          },
          ...(view.cwd ? [{ name: 'Folder', value: <code>{shortenPath(view.cwd, 48)}</code>, title: view.cwd }] : []),
        ]}
      />
      {view.last && (
        <div>
          <p className="text-xs font-medium text-ink-2">The last message it knows</p>
          <p className="line-clamp-3 rounded-md border border-line bg-sunken px-2.5 py-1.5 whitespace-pre-wrap">
            {view.last.text}
          </p>
        </div>
      )}
      {view.notCarried.length > 0 && (
        <div>
          <p className="text-xs font-medium text-ink-2">What carries over, and what does not</p>
          <ul className="list-disc pl-5">
            {view.notCarried.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </div>
      )}
      {view.tasks.length > 0 && (
        <div>
          <p className="text-xs font-medium text-ink-2">Interrupted tasks that go on too</p>
          <ul className="list-disc pl-5">
            {view.tasks.map((task) => (
              <li key={task.taskId}>{task.name}</li>
            ))}
          </ul>
        </div>
      )}
      {view.corrections.length > 0 && (
        <fieldset>
          <legend className="text-xs font-medium text-ink-2">Carry over what you said on the path that is left</legend>
          {view.corrections.map((correction) => (
            <label key={correction.messageId} className="flex items-start gap-2 py-0.5">
              <input
                type="checkbox"
                className="mt-1"
                checked={chosen.has(correction.messageId)}
                onChange={() => toggle(correction.messageId)}
              />
              <span className="line-clamp-2">{correction.text}</span>
            </label>
          ))}
        </fieldset>
      )}
      {view.tried && (
        <ToggleSwitch
          checked={withTried}
          onChange={onTried}
          label="Add a note on what was tried on that path"
          hint={<span className="line-clamp-4 whitespace-pre-wrap">{view.tried}</span>}
        />
      )}
    </section>
  )
}
