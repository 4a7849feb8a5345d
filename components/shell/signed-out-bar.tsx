'use client'
import { useSignedOut } from '@/components/signed-out'
import { Button } from '@/components/ui/button'

/** Above everything once this browser is not signed in any more: what is shown stays readable, but nothing works. */
export function SignedOutBar() {
  const signedOut = useSignedOut()
  if (!signedOut) return null
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center justify-center gap-x-3 gap-y-1 border-b border-line bg-raised px-4 py-2 text-sm"
    >
      <span>
        This browser is signed out. Run <code>makima open</code> on the machine of Makima, which signs it in again.
      </span>
      <Button onClick={() => window.location.reload()}>Reload</Button>
    </div>
  )
}
