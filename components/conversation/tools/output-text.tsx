'use client'
import Anser from 'anser'
import { useMemo } from 'react'
import { cutText } from '@/components/conversation/cut-text'
import { useRowState } from '@/components/conversation/row-memory'
import { cx } from '@/components/ui/cx'
import { formatBytes } from '@/components/ui/format'

const LINES = 24
const CHARS = 6_000
/** A single block of text beyond this would stop the page; the raw record still has it. */
const MOST = 400_000

const ANSI_COLOURS: Record<string, string | undefined> = {
  '187, 0, 0': 'var(--del)',
  '0, 187, 0': 'var(--add)',
  '187, 187, 0': 'var(--warn)',
  '0, 0, 187': 'var(--execute)',
  '187, 0, 187': 'var(--specify)',
  '0, 187, 187': 'var(--research)',
  '85, 85, 85': 'var(--ink-3)',
  '255, 85, 85': 'var(--del)',
  '0, 255, 0': 'var(--add)',
  '255, 255, 85': 'var(--warn)',
  '85, 85, 255': 'var(--execute)',
  '255, 85, 255': 'var(--specify)',
  '85, 255, 255': 'var(--research)',
}

/** What a tool answered, with the colours of a terminal; long answers begin cut. */
export function OutputText({
  id,
  text,
  isError = false,
  label = 'Output',
}: {
  id: string
  text: string
  isError?: boolean
  label?: string
}) {
  const [all, setAll] = useRowState(`${id} output ${label}`, false)
  const shown = useMemo(
    () => (all ? { text: text.slice(0, MOST), cut: false } : cutText(text, CHARS, LINES)),
    [text, all],
  )
  if (text.trim() === '') return <p className="text-xs text-ink-3">No output.</p>
  return (
    <div>
      <pre
        tabIndex={0}
        aria-label={label}
        className={cx(
          'overflow-x-auto rounded-md border bg-sunken px-2.5 py-1.5 text-xs leading-[18px] whitespace-pre-wrap [overflow-wrap:anywhere]',
          isError ? 'border-del-mark' : 'border-line',
          all && 'max-h-[70dvh] overflow-y-auto',
        )}
      >
        <code>{shown.text.includes('\u001b[') ? <Ansi text={shown.text} /> : shown.text}</code>
      </pre>
      {(shown.cut || all) && (
        <button type="button" onClick={() => setAll(!all)} className="mt-1 text-xs text-accent hover:underline">
          {all ? 'Show less' : `Show all ${formatBytes(text.length)}`}
        </button>
      )}
    </div>
  )
}

function Ansi({ text }: { text: string }) {
  return Anser.ansiToJson(text, { json: true, remove_empty: true }).map((part, index) => (
    <span
      key={index}
      style={{
        color: part.fg ? (ANSI_COLOURS[part.fg] ?? undefined) : undefined,
        fontWeight: part.decorations.includes('bold') ? 600 : undefined,
        opacity: part.decorations.includes('dim') ? 0.75 : undefined,
        textDecoration: part.decorations.includes('underline') ? 'underline' : undefined,
      }}
    >
      {part.content}
    </span>
  ))
}
