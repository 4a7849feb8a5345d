'use client'
import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { toast } from '@/components/ui/toast'
import { askRest } from '@/components/rest'
import { Button } from '@/components/ui/button'
import { describeError } from '@/components/ui/error-text'
import { SelectField } from '@/components/ui/select-field'

const FORMATS = [
  { value: 'html', label: 'page (HTML)' },
  { value: 'markdown', label: 'Markdown' },
  { value: 'jsonl', label: 'JSON lines' },
  { value: 'agent', label: "agent's own, unmasked" },
]

/** Saves what the reader would see as a file of one's own. */
export function SaveAs({ file, disabled }: { file: { taskId: string; [choice: string]: unknown }; disabled: boolean }) {
  const [format, setFormat] = useState('html')
  const save = useMutation({
    mutationFn: async () => {
      const { taskId, ...choices } = file
      const answer = await askRest(`/mesh/tasks/${taskId}/export`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...choices, format }),
      })
      const name =
        /filename\*=UTF-8''(\S+)/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'conversation'
      saveFile(await answer.blob(), decodeURIComponent(name))
    },
    onError: (error) => void toast.error(describeError(error).detail),
  })
  return (
    <span className="flex items-center gap-1.5">
      <SelectField size="md" label="Format of the file" value={format} onChange={setFormat} options={FORMATS} />
      <Button size="md" disabled={disabled || save.isPending} onClick={() => save.mutate()}>
        <Download size={13} aria-hidden /> Save
      </Button>
    </span>
  )
}

function saveFile(content: Blob, name: string): void {
  const address = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  URL.revokeObjectURL(address)
}
