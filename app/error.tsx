'use client'
import { ErrorState } from '@/components/ui/error-state'

export default function ErrorPage({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <>
      <h1 className="sr-only">Something went wrong</h1>
      <ErrorState error={error} onRetry={reset} />
    </>
  )
}
