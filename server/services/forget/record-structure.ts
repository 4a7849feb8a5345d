// Tells whether blanking a string would take a record apart: its kind, its ids and the names of its members must stay.

/** Below these stands what was said and done, in any shape. */
const SAID = new Set([
  'input',
  'arguments',
  'args',
  'toolUseResult',
  'output',
  'result',
  'metadata',
  'text',
  'thinking',
])
/** What a reader goes by. */
const STRUCTURE = /^(type|role|kind|subtype|status|timestamp|uuid|id)$|(Id|_id|Uuid|Time)$/

/** The lines of a piece before and after, which are as many. Lines that are no JSON are left out. */
export function keepsStructure(before: Buffer, after: Buffer): boolean {
  const [old, blanked] = [before.toString('utf8').split('\n'), after.toString('utf8').split('\n')]
  return old.every((line, n) => {
    const now = blanked[n] ?? ''
    if (line === now) return true
    const value = parse(line)
    if (value === undefined) return true
    const changed = parse(now)
    return changed !== undefined && isSame(value, changed)
  })
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

function isSame(before: unknown, after: unknown): boolean {
  if (Array.isArray(before) && Array.isArray(after)) return before.every((value, n) => isSame(value, after[n]))
  if (!isRecord(before) || !isRecord(after)) return typeof before === typeof after
  return Object.entries(before).every(([name, value]) => {
    if (!(name in after)) return false
    if (SAID.has(name)) return true
    if (STRUCTURE.test(name) && typeof value === 'string') return value === after[name]
    return isSame(value, after[name])
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
