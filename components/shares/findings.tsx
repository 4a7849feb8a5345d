'use client'
import { X } from 'lucide-react'
import { useState } from 'react'
import type { FindingView } from '@/server/services/shares/share-views'
import { Button } from '@/components/ui/button'
import { IconButton } from '@/components/ui/icon-button'
import { TextField } from '@/components/ui/text-field'
import { GROUPS, type ShownGroup } from './finding-groups'
import { FindingList } from './finding-list'

/** Everything that was found, each with a switch, each group with one for all, and a person's own words to mask. */
export function Findings({
  findings,
  more,
  keep,
  onKeep,
  show,
  onShow,
  mask,
  onMask,
}: {
  findings: FindingView[]
  /** How many more there are. */
  more: number
  keep: ReadonlySet<string>
  onKeep: (next: ReadonlySet<string>) => void
  show: readonly ShownGroup[]
  onShow: (next: ShownGroup[]) => void
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
      {GROUPS.map(({ group, name }) => {
        const own = findings.filter((one) => one.group === group)
        if (own.length === 0) return null
        const isShown = group !== 'secret' && show.includes(group)
        const others = show.filter((one) => one !== group)
        return (
          <FindingList
            key={group}
            name={name}
            findings={own}
            keep={keep}
            onToggle={toggle}
            isShown={isShown}
            onShown={group === 'secret' ? null : (shown) => onShow(shown ? [...others, group] : others)}
          />
        )
      })}
      {more > 0 && (
        <p className="text-xs text-ink-2">
          {more.toLocaleString()} more are not listed; they are masked like the others of their group.
        </p>
      )}
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
