// What no text may hold that comes from outside, checked once for everything that is sent: PostgreSQL keeps no NUL, UTF-8
// has no half of a surrogate pair, and what is nested without end cannot be written out again.
import { AppError } from '@/server/errors'

const NUL = '\u0000'
const LONE_SURROGATE = /\p{Surrogate}/u
const DEEPEST = 100
const WHERE_LENGTH = 60

type Place = { value: unknown; depth: number; where: string }

/**
 * Lets through what can be kept as it is. Looks into lists and objects, at their names too.
 * @throws AppError `invalid` that says where something else stands.
 */
export function requirePlainText(sent: unknown, where = ''): void {
  // superjson can write an object into itself.
  const seen = new Set<object>()
  const left: Place[] = [{ value: sent, depth: 0, where }]
  for (let place = left.pop(); place; place = left.pop()) {
    const { value, depth, where } = place
    if (typeof value === 'string') requireText(value, where)
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    if (depth >= DEEPEST) throw new AppError('invalid', `What is sent is nested deeper than ${DEEPEST} levels.`)
    const members = value instanceof Map || value instanceof Set ? [...value].entries() : Object.entries(value)
    for (const [name, member] of members) {
      if (typeof name === 'string') requireText(name, where)
      left.push({ value: member, depth: depth + 1, where: where === '' ? String(name) : where })
    }
  }
}

function requireText(text: string, where: string): void {
  const named = where === '' ? '' : `${where.slice(0, WHERE_LENGTH)}: `
  if (text.includes(NUL)) {
    throw new AppError('invalid', `${named}A text cannot hold the character NUL (\\u0000). Leave it out.`)
  }
  if (LONE_SURROGATE.test(text)) {
    throw new AppError('invalid', `${named}A text holds half of a character (a lone surrogate). Write the whole one.`)
  }
}
