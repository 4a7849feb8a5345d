'use client'
import { Switch } from '@base-ui/react/switch'
import { type ReactNode, useId } from 'react'

/** A switch with its sentence beside it. */
export function ToggleSwitch({
  checked,
  onChange,
  label,
  hint,
}: {
  checked: boolean
  onChange: (next: boolean) => void
  label: string
  hint?: ReactNode
}) {
  const id = useId()
  return (
    <div className="flex items-start gap-2.5 py-1">
      <Switch.Root
        checked={checked}
        onCheckedChange={onChange}
        aria-labelledby={id}
        className="mt-0.5 flex h-4 w-7 shrink-0 rounded-full border border-line-strong bg-sunken p-px data-checked:border-accent-solid data-checked:bg-accent-solid"
      >
        <Switch.Thumb className="size-3 rounded-full bg-line-strong transition-transform data-checked:translate-x-3 data-checked:bg-on-accent" />
      </Switch.Root>
      <div className="text-sm">
        <span id={id} className="text-ink">
          {label}
        </span>
        {hint && <div className="text-xs text-ink-2">{hint}</div>}
      </div>
    </div>
  )
}
