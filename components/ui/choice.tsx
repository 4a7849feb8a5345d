'use client'
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useId } from 'react'

/** One of few, each with what it means. */
export function Choice<T extends string>({
  label,
  value,
  onChange,
  options,
}: {
  label: string
  value: T
  onChange: (next: T) => void
  options: { value: T; label: string; hint: string; disabledReason?: string | null }[]
}) {
  const id = useId()
  return (
    <div>
      <p id={id} className="mb-1 text-xs font-medium text-ink-2">
        {label}
      </p>
      <RadioGroup
        aria-labelledby={id}
        value={value}
        onValueChange={(next) => onChange(next as T)}
        className="flex flex-col gap-1"
      >
        {options.map((option) => (
          <label
            key={option.value}
            className="flex items-start gap-2.5 rounded-md border border-line px-2.5 py-1.5 has-data-checked:border-accent has-data-checked:bg-accent-soft has-data-disabled:opacity-60"
          >
            <Radio.Root
              value={option.value}
              disabled={Boolean(option.disabledReason)}
              className="mt-1 flex size-3.5 shrink-0 items-center justify-center rounded-full border border-line-strong bg-canvas data-checked:border-accent-solid data-checked:bg-accent-solid"
            >
              <Radio.Indicator className="size-1.5 rounded-full bg-on-accent" />
            </Radio.Root>
            <span className="min-w-0">
              <span className="block text-sm font-medium">{option.label}</span>
              <span className="block text-xs text-ink-2">{option.disabledReason ?? option.hint}</span>
            </span>
          </label>
        ))}
      </RadioGroup>
    </div>
  )
}
