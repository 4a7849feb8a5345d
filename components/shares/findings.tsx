'use client'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { FindingView } from '@/server/services/shares/share-views'
import { Button } from '@/components/ui/button'
import { IconButton } from '@/components/ui/icon-button'
import { TextField } from '@/components/ui/text-field'

const GROUPS = { secret: 'Secrets', email: 'E-mail addresses', home: 'Home folders' } as const

/** Everything that was found, each with a switch, and a person's own words to mask. */
export function Findings({
  findings,
  keep,
  onKeep,
  mask,
  onMask,
}: {
  findings: FindingView[]
  keep: ReadonlySet<string>
  onKeep: (next: ReadonlySet<string>) => void
  mask: string[]
  onMask: (next: string[]) => void
}) {
  const [word, setWord] = useState('')
  const toggle = (id: string) => {
    const next = new Set(keep)
    if (!next.delete(id)) next.add(id)
    onKeep(next)
  }
  const add = () => {
    const text = word.trim()
    if (text.length < 3) return
    if (!mask.includes(text)) onMask([...mask, text])
    setWord('')
  }
  return (
    <section aria-label="What is masked" className="flex flex-col gap-2 text-sm">
      <p className="text-xs font-medium text-ink-2">
        {findings.length === 0 ? 'Nothing was found that should be masked' : 'What was found; ticked is masked'}
      </p>
      {(['secret', 'email', 'home'] as const).map((group) => {
        const own = findings.filter((one) => one.group === group)
        if (own.length === 0) return null
        return (
          <fieldset key={group} className="max-h-44 overflow-y-auto rounded-md border border-line px-2.5 py-1">
            <legend className="px-1 text-xs text-ink-2">{GROUPS[group]}</legend>
            {own.map((one) => (
              <label key={one.id} className="flex items-center gap-2 py-0.5">
                <input type="checkbox" checked={!keep.has(one.id)} onChange={() => toggle(one.id)} />
                <code className="min-w-0 flex-1 truncate text-xs">{one.sample}</code>
                <span className="text-xs text-ink-2">
                  {group === 'secret' ? `${one.kind}, ` : ''}
                  {one.count} ×
                </span>
              </label>
            ))}
          </fieldset>
        )
      })}
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <TextField
          className="flex-1"
          label="Mask these words too (or select them below)"
          value={word}
          onChange={(event) => setWord(event.target.value)}
        />
        <Button type="submit" size="md" disabled={word.trim().length < 3}>
          Mask
        </Button>
      </form>
      {mask.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {mask.map((text) => (
            <li key={text} className="inline-flex max-w-full items-center gap-1 rounded-md bg-accent-soft pl-2 text-xs">
              <span className="truncate">{text}</span>
              <IconButton
                icon={X}
                label={`Show ${text} again`}
                onClick={() => onMask(mask.filter((one) => one !== text))}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
