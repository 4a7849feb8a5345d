import { cx } from './cx'
import { formatCount } from './format'

/** Lines added and removed. */
export function PlusMinus({
  additions,
  deletions,
  className,
}: {
  additions: number
  deletions: number
  className?: string
}) {
  return (
    <span className={cx('tabular inline-flex gap-1.5 font-mono text-2xs whitespace-nowrap', className)}>
      <span className="text-add">+{formatCount(additions)}</span>
      <span className="text-del">−{formatCount(deletions)}</span>
    </span>
  )
}
