import { CircleAlert } from 'lucide-react'
import { Button } from './button'
import { describeError } from './error-text'

/** What went wrong, why, and a way on. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const text = describeError(error)
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-14 text-center">
      <CircleAlert size={18} className="text-del" aria-hidden />
      <p className="text-sm font-medium">{text.title}</p>
      <p className="text-sm text-ink-2">{text.detail}</p>
      {onRetry && (
        <Button className="mt-2" onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
