'use client'
import { type ReactNode, useState } from 'react'
import { Toaster } from 'sonner'
import { OperationDialogs } from '@/components/operations/operation-dialogs'
import { KeyboardHelp } from './keyboard-help'
import { NavBar } from './nav-bar'
import { SignedOutBar } from './signed-out-bar'
import { useGlobalKeys } from './use-global-keys'

/** Navigation, the page in the middle, dialogs and toasts over it. */
export function Shell({ children }: { children: ReactNode }) {
  const [helpOpen, setHelpOpen] = useState(false)
  useGlobalKeys(() => setHelpOpen(true))
  return (
    <OperationDialogs>
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-raised focus:px-3 focus:py-1"
      >
        Skip to the content
      </a>
      <div className="flex h-dvh w-full flex-col overflow-hidden">
        <SignedOutBar />
        <div className="isolate flex min-h-0 w-full flex-1 overflow-hidden max-sm:flex-col-reverse">
          <NavBar onHelp={() => setHelpOpen(true)} />
          <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
            {children}
          </main>
        </div>
      </div>
      <KeyboardHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
      <Toaster
        position="bottom-right"
        theme="system"
        visibleToasts={4}
        closeButton
        toastOptions={{
          style: { background: 'var(--raised)', color: 'var(--ink)', border: '1px solid var(--line)', fontSize: 13 },
          classNames: { description: '!text-ink-2', actionButton: '!bg-accent-solid !text-on-accent' },
        }}
      />
    </OperationDialogs>
  )
}
