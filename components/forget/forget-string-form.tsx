'use client'
import { type FormEvent, useState } from 'react'
import { toast } from 'sonner'
import { Button } from '@/components/ui/button'
import { TextField } from '@/components/ui/text-field'
import { ForgetDialog } from './forget-dialog'

/** Shorter ones are refused by the server too. */
const LEAST = 6

/** Asks for a string and forgets it wherever it stands. */
export function ForgetStringForm() {
  const [string, setString] = useState('')
  const [asking, setAsking] = useState(0)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (string.length >= LEAST) setAsking((n) => Math.abs(n) + 1)
  }
  return (
    <form onSubmit={onSubmit} className="flex flex-wrap items-end gap-2">
      <TextField
        label="String"
        type="password"
        mono
        className="min-w-0 flex-1 basis-60"
        value={string}
        onChange={(event) => setString(event.target.value)}
      />
      <Button type="submit" size="md" disabled={string.length < LEAST}>
        See where it stands
      </Button>
      {asking !== 0 && (
        <ForgetDialog
          key={Math.abs(asking)}
          subject={{ kind: 'string', string, keepCode: false }}
          title="Forget this string everywhere?"
          open={asking > 0}
          onClose={() => setAsking((n) => -Math.abs(n))}
          onDone={() => {
            setAsking((n) => -Math.abs(n))
            setString('')
            toast('The string is forgotten')
          }}
        />
      )}
    </form>
  )
}
