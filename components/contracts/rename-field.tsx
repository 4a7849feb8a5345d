'use client'
import { useEffect, useRef } from 'react'

/** A name in place of itself, to be changed: Enter keeps, Escape leaves. `onDone(null)` means nothing changed. */
export function RenameField({ name, onDone }: { name: string; onDone: (name: string | null) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const over = useRef(false)
  useEffect(() => {
    input.current?.select()
  }, [])
  const finish = (value: string | null) => {
    if (over.current) return
    over.current = true
    const next = value?.trim()
    onDone(next && next !== name ? next : null)
  }
  return (
    <input
      ref={input}
      aria-label="New name"
      defaultValue={name}
      maxLength={200}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish(event.currentTarget.value)
        if (event.key === 'Escape') finish(null)
      }}
      className="h-7 w-full min-w-0 rounded-md border border-line-strong bg-canvas px-1.5 text-sm"
    />
  )
}
