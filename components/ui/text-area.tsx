'use client'
import { type ComponentProps, useId } from 'react'

/** A named text of several lines with an optional hint under it. */
export function TextArea({
  label,
  hint,
  className,
  ...rest
}: { label: string; hint?: string } & ComponentProps<'textarea'>) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-xs font-medium text-ink-2">
        {label}
      </label>
      <textarea
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="w-full resize-y rounded-md border border-line-strong bg-canvas px-2 py-1.5 text-sm text-ink"
        {...rest}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-3">
          {hint}
        </p>
      )}
    </div>
  )
}
