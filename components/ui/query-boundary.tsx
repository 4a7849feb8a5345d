'use client'
import { QueryErrorResetBoundary } from '@tanstack/react-query'
import { Component, type ReactNode, Suspense } from 'react'
import { ErrorState } from './error-state'

type Props = { fallback?: ReactNode; children: ReactNode }

/** On failure says why and offers to try again. Waits with a skeleton, unless the page has waited for everything itself. */
export function QueryBoundary({ fallback, children }: Props) {
  return (
    <QueryErrorResetBoundary>
      {({ reset }) => (
        <CatchError onReset={reset}>
          {fallback === undefined ? children : <Suspense fallback={fallback}>{children}</Suspense>}
        </CatchError>
      )}
    </QueryErrorResetBoundary>
  )
}

class CatchError extends Component<{ onReset: () => void; children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    if (this.state.error === null) return this.props.children
    return (
      <ErrorState
        error={this.state.error}
        onRetry={() => {
          this.props.onReset()
          this.setState({ error: null })
        }}
      />
    )
  }
}
