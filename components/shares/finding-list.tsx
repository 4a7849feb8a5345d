'use client'
import { useState } from 'react'
import type { FindingView } from '@/server/services/shares/share-views'
import { Button } from '@/components/ui/button'
import { ToggleSwitch } from '@/components/ui/toggle-switch'

/** Thousands of lines would make the dialog slow, and nobody reads them. */
const FIRST = 100

/** What was found of one group: a switch for all of it, and one for each. `onShown` null: it has none for all. */
export function FindingList({
  name,
  findings,
  keep,
  onToggle,
  isShown,
  onShown,
}: {
  name: string
  findings: FindingView[]
  keep: ReadonlySet<string>
  onToggle: (id: string) => void
  isShown: boolean
  onShown: ((shown: boolean) => void) | null
}) {
  const [most, setMost] = useState(FIRST)
  const isSecret = findings[0]?.group === 'secret'
  return (
    <fieldset className="rounded-md border border-line px-2.5 py-1">
      <legend className="px-1 text-xs text-ink-2">
        {onShown ? (
          <ToggleSwitch
            checked={!isShown}
            onChange={(masked) => onShown(!masked)}
            label={`${name} (${findings.length.toLocaleString()})`}
          />
        ) : (
          `${name} (${findings.length.toLocaleString()})`
        )}
      </legend>
      <div className="max-h-44 overflow-y-auto">
        {findings.slice(0, most).map((one) => (
          <label key={one.id} className="flex items-center gap-2 py-0.5">
            <input
              type="checkbox"
              checked={!isShown && !keep.has(one.id)}
              disabled={isShown}
              onChange={() => onToggle(one.id)}
            />
            <code className="min-w-0 flex-1 truncate text-xs">{one.sample}</code>
            <span className="text-xs text-ink-2">
              {isSecret ? `${one.kind}, ` : ''}
              {one.count} ×
            </span>
          </label>
        ))}
        {findings.length > most && (
          <Button onClick={() => setMost(most * 10)}>
            Show more of {(findings.length - most).toLocaleString()} others
          </Button>
        )}
      </div>
    </fieldset>
  )
}
