import { X } from 'lucide-react'

/** A filter in force, with a way to take it off. */
export function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className="inline-flex h-6 max-w-full items-center rounded-md bg-accent-soft pl-2 text-xs text-ink">
      <span className="truncate">{label}</span>
      <button
        type="button"
        aria-label={`Remove filter ${label}`}
        onClick={onRemove}
        className="ml-0.5 inline-flex size-6 shrink-0 items-center justify-center rounded-md text-ink-2 hover:text-ink"
      >
        <X size={12} aria-hidden />
      </button>
    </span>
  )
}
