import type { ChangedFile } from '@/server/services/views'
import { cx } from '@/components/ui/cx'

const LETTERS: Record<ChangedFile['status'], { letter: string; tone: string }> = {
  added: { letter: 'A', tone: 'text-add' },
  modified: { letter: 'M', tone: 'text-warn' },
  deleted: { letter: 'D', tone: 'text-del' },
  renamed: { letter: 'R', tone: 'text-execute' },
  copied: { letter: 'C', tone: 'text-execute' },
  type_changed: { letter: 'T', tone: 'text-specify' },
}

/** What happened to a file, in git's letter. */
export function StatusLetter({ status }: { status: ChangedFile['status'] }) {
  const { letter, tone } = LETTERS[status]
  return (
    <span
      title={status.replace('_', ' ')}
      className={cx('w-3 shrink-0 text-center font-mono text-2xs font-semibold', tone)}
    >
      <span aria-hidden>{letter}</span>
      <span className="sr-only">{status}</span>
    </span>
  )
}
