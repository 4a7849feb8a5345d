'use client'
import { Modal } from '@/components/ui/modal'
import { SHORTCUTS } from './shortcuts'

export function KeyboardHelp({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} title="Keyboard">
      <div className="grid gap-5 sm:grid-cols-2">
        {SHORTCUTS.map(({ group, keys }) => (
          <section key={group}>
            <h3 className="mb-1 text-xs font-medium text-ink-2">{group}</h3>
            <dl>
              {keys.map((row) => (
                <div key={row.keys} className="flex h-7 items-center justify-between gap-4">
                  <dt className="text-sm">{row.what}</dt>
                  <dd className="flex gap-1">
                    {row.keys.split(' ').map((key, index) => (
                      <kbd key={`${key}${index}`} className="rounded-sm border border-line bg-panel px-1.5 text-2xs">
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  )
}
