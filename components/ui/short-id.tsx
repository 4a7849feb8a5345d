'use client'
import { copyText } from './copy-text'
import { cx } from './cx'
import { shortId } from './format'

/** The telling end of an id; a click copies the whole. */
export function ShortId({ id, what = 'Id', className }: { id: string; what?: string; className?: string }) {
  return (
    <button
      type="button"
      title={`${id} (click to copy)`}
      aria-label={`Copy ${what.toLowerCase()} ${shortId(id)}`}
      onClick={() => void copyText(id, what)}
      className={cx('rounded-sm px-1 font-mono text-2xs text-ink-3 hover:bg-hover hover:text-ink', className)}
    >
      {shortId(id)}
    </button>
  )
}
