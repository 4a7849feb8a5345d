// One text that is looked at by itself, and what was found in it.
import type { Findings } from './findings'
import { isNamedSecret } from './named-secrets'
import { isCommonAccount } from './personal-places'
import { type Place, scanViews } from './scan'
import type { View } from './view'

/** `finding`: the number of what stands from `start` to `end`. */
export type Span = { start: number; end: number; finding: number }

export type Piece = {
  text: string
  spans: Span[]
  /** Its spellings, where they are kept. */
  views: View[] | null
  /** The field whose value it is; null for none. */
  name: string | null
  /** The command that it answers; empty for none. */
  asked: string
}

export const toPiece = (text: string, name: string | null, asked: string): Piece => ({
  text,
  spans: [],
  views: null,
  name,
  asked,
})

const ASKS_WHO = /(?:^|[\s;&|("'])(?:whoami|logname|id -un|echo \$(?:USER|LOGNAME))["')]*\s*$/

/** Looks through a piece and notes every place. */
export function addPlaces(piece: Piece, views: readonly View[], findings: Findings): void {
  const note = (place: Place) => {
    const finding = findings.numberOf(place)
    if (!place.here && isTelling(place.group, place.value, place.exact === true)) findings.spread(finding)
    piece.spans.push({ start: place.start, end: place.end, finding })
  }
  scanViews(views).forEach(note)
  placesByContext(piece).forEach(note)
}

/** What only the field or the command around the text tells. */
function placesByContext({ text, name, asked }: Piece): Place[] {
  const whole = { start: 0, end: text.length, value: text }
  if (name !== null && isNamedSecret(name, text)) return [{ ...whole, group: 'secret', kind: 'password or key' }]
  const answer = text.trim()
  if (!ASKS_WHO.test(asked) || !/^[a-z_][\w.-]{1,31}$/i.test(answer) || isCommonAccount(answer)) return []
  const start = text.indexOf(answer)
  return [{ start, end: start + answer.length, value: answer, group: 'account', kind: 'account name' }]
}

/** Long and mixed enough that it stands for nothing else wherever it occurs. */
function isTelling(group: string, value: string, exact: boolean): boolean {
  if (group === 'email') return true
  if (group !== 'secret') return false
  return (
    (exact && value.length >= 12) ||
    value.length >= 20 ||
    (value.length >= 8 && /\d/.test(value) && /[A-Za-z]/.test(value))
  )
}
