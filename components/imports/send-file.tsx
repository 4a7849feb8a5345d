'use client'
import { FileUp } from 'lucide-react'
import { useRef } from 'react'
import { Button } from '@/components/ui/button'

/** What can be read out of a single file. */
const KINDS = '.makima,.jsonl,.json,.db'

/** A button that lets a person choose a file of the machine that the browser runs on. */
export function SendFile({ sending, onChoose }: { sending: boolean; onChoose: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={KINDS}
        aria-label="File to import"
        className="hidden"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? []
          if (file) onChoose(file)
          // The same file can be chosen again.
          currentTarget.value = ''
        }}
      />
      <Button size="md" disabled={sending} onClick={() => input.current?.click()}>
        <FileUp size={13} aria-hidden /> {sending ? 'Sending the file' : 'Choose a file'}
      </Button>
    </>
  )
}
