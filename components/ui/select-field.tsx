'use client'
import { ChevronDown } from 'lucide-react'
import { cx } from './cx'

/** The browser's own select, dressed: best for keyboards, screen readers and phones. */
export function SelectField({
  label,
  value,
  onChange,
  options,
  size = 'sm',
  className,
}: {
  label: string
  value: string
  onChange: (next: string) => void
  options: { value: string; label: string }[]
  /** As high as a field or a button of that size beside it. */
  size?: 'sm' | 'md'
  className?: string
}) {
  return (
    <span className={cx('relative inline-flex', className)}>
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cx(
          'tap w-full appearance-none truncate rounded-md border border-line bg-raised pr-6 pl-2 text-ink hover:bg-hover',
          size === 'md' ? 'h-8 text-sm' : 'h-7 text-xs',
        )}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
      <ChevronDown
        size={13}
        aria-hidden
        className="pointer-events-none absolute top-1/2 right-1.5 -translate-y-1/2 text-ink-3"
      />
    </span>
  )
}
