import { TextField } from '@/components/ui/text-field'
import type { LimitTexts } from './limit-values'

/** How much the agents of a contract may do; an empty field is no limit. */
export function LimitFields({ value, onChange }: { value: LimitTexts; onChange: (next: LimitTexts) => void }) {
  const field = (name: keyof LimitTexts, label: string, hint: string, placeholder: string) => (
    <TextField
      label={label}
      hint={hint}
      inputMode="decimal"
      placeholder={placeholder}
      value={value[name]}
      onChange={(event) => onChange({ ...value, [name]: event.target.value })}
      className="min-w-36 flex-1"
    />
  )
  return (
    <fieldset className="flex flex-wrap gap-3">
      <legend className="sr-only">Limits</legend>
      {field('maxParallel', 'Agents at once', 'Others wait for their turn', '4')}
      {field('maxTurns', 'Turns in a run', 'The agent is stopped after them', 'no limit')}
      {field('maxCostUsd', 'Cost in all, in $', 'Agents are stopped above it', 'no limit')}
    </fieldset>
  )
}
