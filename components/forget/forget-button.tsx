'use client'
import { Eraser } from 'lucide-react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { toast } from 'sonner'
import type { Subject } from '@/server/services/forget/forget-inputs'
import { IconButton } from '@/components/ui/icon-button'
import { ForgetDialog } from './forget-dialog'

/** Leads to the dialog that forgets a contract, a task or a transcript; afterwards to `then`, as its own page is gone. */
export function ForgetButton({
  kind,
  id,
  then,
}: {
  kind: Exclude<Subject['kind'], 'string'>
  id: string
  then: string
}) {
  const router = useRouter()
  const [asking, setAsking] = useState(0)
  return (
    <>
      <IconButton icon={Eraser} label={`Forget this ${kind}`} onClick={() => setAsking((n) => Math.abs(n) + 1)} />
      {asking !== 0 && (
        <ForgetDialog
          key={Math.abs(asking)}
          subject={{ kind, id, forks: false }}
          title={`Forget this ${kind}?`}
          open={asking > 0}
          onClose={() => setAsking((n) => -Math.abs(n))}
          onDone={({ remains }) => {
            setAsking((n) => -Math.abs(n))
            toast(`The ${kind} is forgotten`, { description: remains.join(' ') || undefined })
            router.push(then)
            router.refresh()
          }}
        />
      )}
    </>
  )
}
