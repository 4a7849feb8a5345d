'use client'
import { useState } from 'react'
import type { ForgettingView, Subject } from '@/server/services/forget/forget-inputs'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { Modal } from '@/components/ui/modal'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import { ToggleSwitch } from '@/components/ui/toggle-switch'
import { PreviewBody } from './preview-body'
import { useForgetting } from './use-forgetting'

const STEPS: Record<string, string> = {
  stores: 'Erasing saved files',
  files: 'Erasing files of Makima',
  vacuum: 'Clearing the database',
}

/** Shows what would go and has it forgotten once the person has said that they know there is no undo. */
export function ForgetDialog({
  subject: asked,
  title,
  open,
  onClose,
  onDone,
}: {
  subject: Subject
  title: string
  open: boolean
  onClose: () => void
  onDone: (done: ForgettingView) => void
}) {
  const [forks, setForks] = useState(false)
  const [keepCode, setKeepCode] = useState(false)
  const [isSure, setSure] = useState(false)
  const subject = asked.kind === 'string' ? { ...asked, keepCode } : { ...asked, forks }
  const { preview, looking, running, step, error, start, lookAgain } = useForgetting(subject, onDone)
  const isOpen = preview !== null && !looking && preview.blocked.length === 0 && preview.counts.length > 0
  const hasForks = forks || (preview?.dependents.length ?? 0) > 0
  return (
    <Modal
      open={open}
      onClose={onClose}
      wide
      title={title}
      description="It is erased from the database, the saved files and the search. There is no undo."
      footer={
        <>
          {running && (
            <p role="status" className="flex-1 text-sm text-ink-2">
              {STEPS[step ?? ''] ?? 'Erasing rows'} …
            </p>
          )}
          <Button size="md" onClick={onClose}>
            {running ? 'Close' : 'Cancel'}
          </Button>
          <Button
            size="md"
            variant="danger"
            disabled={!isOpen || !isSure || running}
            onClick={() => preview && start(preview.planHash)}
          >
            Forget it
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        {error && (
          <p role="alert" className="rounded-md border border-del-mark bg-del-soft px-3 py-2 text-sm">
            {typeof error === 'string' ? error : describeError(error).detail}{' '}
            <button type="button" className="text-accent underline" onClick={lookAgain}>
              Look again
            </button>
          </p>
        )}
        {preview ? <PreviewBody preview={preview} /> : looking && <SkeletonRows rows={6} height={28} label="Looking" />}
        {preview && (
          <div className="border-t border-line pt-2">
            {subject.kind !== 'string' && hasForks && (
              <ToggleSwitch checked={forks} onChange={setForks} label="Forget the tasks forked from it as well" />
            )}
            {subject.kind === 'string' && (
              <ToggleSwitch
                checked={keepCode}
                onChange={setKeepCode}
                label="Keep checkpoints whose files hold it"
                hint="They then hold it still."
              />
            )}
            <ToggleSwitch checked={isSure} onChange={setSure} label="I know that this cannot be undone" />
          </div>
        )}
      </div>
    </Modal>
  )
}
