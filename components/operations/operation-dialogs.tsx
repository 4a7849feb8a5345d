'use client'
import dynamic from 'next/dynamic'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { OperationRequest } from './operation-request'

type Ask = (request: OperationRequest) => void

const OperationContext = createContext<Ask>(() => {})

// The dialogs are loaded when the first is asked for.
const OperationDialog = dynamic(() => import('./operation-dialog').then((module) => module.OperationDialog), {
  ssr: false,
})

/** Opens the dialog that shows the plan of an operation before anything happens. */
export function useOperationDialog(): Ask {
  return useContext(OperationContext)
}

/** Holds the one dialog that may be open. */
export function OperationDialogs({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<{ request: OperationRequest; number: number } | null>(null)
  const [open, setOpen] = useState(false)
  const ask = useMemo<Ask>(
    () => (next) => {
      setRequest((previous) => ({ request: next, number: (previous?.number ?? 0) + 1 }))
      setOpen(true)
    },
    [],
  )
  return (
    <OperationContext.Provider value={ask}>
      {children}
      {request && (
        <OperationDialog key={request.number} request={request.request} open={open} onClose={() => setOpen(false)} />
      )}
    </OperationContext.Provider>
  )
}
