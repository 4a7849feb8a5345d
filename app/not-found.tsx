import Link from 'next/link'
import { buttonClass } from '@/components/ui/button-class'
import { EmptyState } from '@/components/ui/empty-state'

export default function NotFound() {
  return (
    <EmptyState title="This is not here">
      <h1 className="sr-only">Not found</h1>
      <p className="mb-3">
        The address names something that Makima does not know. It may come from another machine, or the id may be cut.
      </p>
      <Link href="/contracts" className={buttonClass({ size: 'md' })}>
        All contracts
      </Link>
    </EmptyState>
  )
}
