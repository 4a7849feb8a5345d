'use client'
import { useMemo } from 'react'
import { type DiffLine, diffLines } from '@/components/conversation/line-diff'
import { useRowState } from '@/components/conversation/row-memory'
import { cx } from '@/components/ui/cx'
import { formatNoun } from '@/components/ui/format'

const LINES = 40

const LOOKS: Record<DiffLine['sign'], string> = {
  '+': 'bg-add-soft text-ink',
  '-': 'bg-del-soft text-ink',
  ' ': 'text-ink-2',
}
const SIGNS: Record<DiffLine['sign'], string> = { '+': 'text-add', '-': 'text-del', ' ': 'text-ink-3' }

/** What an edit replaced, as coloured lines. */
export function HunkLines({ id, oldText, newText }: { id: string; oldText: string; newText: string }) {
  const [all, setAll] = useRowState(`${id} hunk`, false)
  const lines = useMemo(() => diffLines(oldText, newText), [oldText, newText])
  const shown = all ? lines.slice(0, 4_000) : lines.slice(0, LINES)
  return (
    <div>
      <div
        tabIndex={0}
        role="region"
        aria-label="Changed lines"
        className={cx(
          'overflow-x-auto rounded-md border border-line bg-canvas font-mono text-xs leading-[18px]',
          all && 'max-h-[70dvh] overflow-y-auto',
        )}
      >
        <div className="w-max min-w-full">
          {shown.map((line, index) => (
            <div key={index} className={cx('flex whitespace-pre', LOOKS[line.sign])}>
              <span className={cx('w-6 shrink-0 text-center select-none', SIGNS[line.sign])}>{line.sign}</span>
              <span className="pr-3">{line.text || ' '}</span>
            </div>
          ))}
        </div>
      </div>
      {lines.length > LINES && (
        <button type="button" onClick={() => setAll(!all)} className="mt-1 text-xs text-accent hover:underline">
          {all ? 'Show less' : `Show all ${formatNoun(lines.length, 'line')}`}
        </button>
      )}
    </div>
  )
}
