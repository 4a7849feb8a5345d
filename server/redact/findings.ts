// What was found, told once each however often it stands, and whether it is masked.
import { createHash } from 'node:crypto'
import type { FindingGroup } from './rule'
import type { Place } from './scan'

/** One thing that was found. */
export type Finding = {
  id: string
  group: FindingGroup
  /** What it is, as a person says it: "GitHub token". */
  kind: string
  /** Its beginning, enough to know it by; of what is personal all of it. */
  sample: string
  /** At how many places it stands. */
  count: number
  masked: boolean
}

export type Found = {
  group: FindingGroup
  kind: string
  value: string
  exact: boolean
  count: number
  masked: boolean
  /** A word that the person named; it is not told as found. */
  own: boolean
  id: string
}

const SAMPLE = 6

/** Gives each value its number, and the most certain of what was said of it. */
export class Findings {
  readonly all: Found[] = []
  /** Those that are masked wherever they stand. */
  readonly spreading = new Set<number>()
  readonly #byValue = new Map<string, number>()

  spread(finding: number): void {
    this.spreading.add(finding)
  }

  numberOf(
    { value, group, kind, exact = false }: Pick<Place, 'value' | 'group' | 'kind' | 'exact'>,
    own = false,
  ): number {
    const known = this.#byValue.get(value)
    if (known === undefined) {
      const number = this.all.push({ group, kind, value, exact, count: 0, masked: true, own, id: '' }) - 1
      this.#byValue.set(value, number)
      return number
    }
    const one = this.all[known] as Found
    if ((exact && !one.exact) || (one.kind === 'random characters' && group === 'secret'))
      Object.assign(one, { group, kind, exact })
    else if (group === 'secret' && one.group !== 'secret') Object.assign(one, { group, kind })
    return known
  }
}

/** The same for the same finding in the preview and in the share. */
export const idOf = (value: string): string => createHash('sha256').update(value).digest('hex').slice(0, 24)

/** As the person who shares decides on it. */
export function toFinding({ id, group, kind, value, count, masked }: Found): Finding {
  // Of a secret only its beginning: the list itself may be looked at over a shoulder.
  const isHidden = group === 'secret' || group === 'card' || group === 'bank'
  const sample = isHidden ? `${value.slice(0, Math.min(SAMPLE, Math.floor(value.length / 3)))}…` : value
  return { id, group, kind, sample, count, masked }
}

/** What stands in the place of something that was masked. */
export function wordFor({ group, kind, value, own }: Pick<Found, 'group' | 'kind' | 'value' | 'own'>): string {
  if (own) return '[masked]'
  if (group === 'home') return value.startsWith('-') ? '-home' : '~'
  return `[${kind}]`
}
