'use client'
import { Search } from 'lucide-react'
import { useRef } from 'react'
import { cx } from './cx'
import { useKeys } from './use-keys'

/** A field to search with: `/` leads into it from anywhere on the page, Escape out of it. */
export function SearchField({
  label,
  placeholder,
  value,
  onChange,
  autoFocus = false,
  className,
}: {
  label: string
  placeholder: string
  value: string
  onChange: (value: string) => void
  /** Only where one comes to a page in order to type. */
  autoFocus?: boolean
  className?: string
}) {
  const input = useRef<HTMLInputElement>(null)
  useKeys({ '/': () => input.current?.focus() })
  return (
    <div className={cx('relative', className)}>
      <Search size={13} aria-hidden className="absolute top-1/2 left-2 -translate-y-1/2 text-ink-3" />
      <input
        ref={input}
        type="search"
        // oxlint-disable-next-line jsx-a11y/no-autofocus -- where it is asked for, typing is what the page is for
        autoFocus={autoFocus}
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
        className="tap h-7 w-full rounded-md border border-line bg-raised pr-2 pl-7 text-xs"
      />
    </div>
  )
}
