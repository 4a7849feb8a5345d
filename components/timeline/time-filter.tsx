'use client'
import { Popover } from '@base-ui/react/popover'
import { CalendarRange } from 'lucide-react'
import { Button } from '@/components/ui/button'
import { buttonClass } from '@/components/ui/button-class'
import { TextField } from '@/components/ui/text-field'
import { localDay } from './timeline-rows'

const DAY_MS = 86_400_000

const PRESETS = [
  { label: 'Today', days: 1 },
  { label: '7 days', days: 7 },
  { label: '30 days', days: 30 },
  { label: 'A year', days: 365 },
]

type Range = { from: Date | null; to: Date | null }

/** A stretch of time by preset or by date; `to` in the address is the first moment that no longer counts. */
export function TimeFilter({ from, to, onChange }: Range & { onChange: (range: Range) => void }) {
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonClass()}>
        <CalendarRange size={13} aria-hidden /> Time
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner align="start" sideOffset={4} className="z-50">
          <Popover.Popup className="w-72 rounded-lg border border-line bg-raised p-3 shadow-lift outline-none">
            <Popover.Title className="mb-2 text-xs font-medium text-ink-2">Time</Popover.Title>
            <div className="mb-3 flex flex-wrap gap-1.5">
              {PRESETS.map((preset) => (
                <Button key={preset.label} onClick={() => onChange({ from: startOfDay(preset.days - 1), to: null })}>
                  {preset.label}
                </Button>
              ))}
            </div>
            <div className="grid grid-cols-2 gap-2">
              <TextField
                label="First day"
                type="date"
                value={from ? localDay(from) : ''}
                onChange={(event) => onChange({ from: parseDay(event.target.value, 0), to })}
              />
              <TextField
                label="Last day"
                type="date"
                value={to ? localDay(new Date(to.getTime() - 1)) : ''}
                onChange={(event) => onChange({ from, to: parseDay(event.target.value, 1) })}
              />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  )
}

function startOfDay(daysAgo: number): Date {
  const date = new Date(Date.now() - daysAgo * DAY_MS)
  date.setHours(0, 0, 0, 0)
  return date
}

function parseDay(text: string, plusDays: number): Date | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  return match ? new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + plusDays) : null
}
