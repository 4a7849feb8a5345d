'use client'
import { type ComponentProps, useId } from 'react'
import { cx } from './cx'

/** A named input with an optional hint under it. */
export function TextField({
  label,
  hint,
  hideLabel = false,
  mono = false,
  className,
  ...rest
}: { label: string; hint?: string; hideLabel?: boolean; mono?: boolean } & ComponentProps<'input'>) {
  const id = useId()
  return (
    <div className={className}>
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'mb-1 block text-xs font-medium text-ink-2'}>
        {label}
      </label>
      <input
        id={id}
        aria-describedby={hint ? `${id}-hint` : undefined}
        spellCheck={false}
        autoComplete="off"
        className={cx(
          'tap h-8 w-full rounded-md border border-line-strong bg-canvas px-2 text-ink',
          mono ? 'font-mono text-xs' : 'text-sm',
        )}
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
