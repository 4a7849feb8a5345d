// Reads the input of a tool call, also when its JSON was cut: what a person needs of it stands near the beginning.

export type ToolInput = Record<string, unknown>

/** The input as an object. Cut JSON gives the complete strings and numbers at its top, anything else `{}`. */
export function parseToolInput(json: string | null): ToolInput {
  if (!json) return {}
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as ToolInput)
      : { input: value }
  } catch {
    return salvage(json)
  }
}

/** A string field by the first of these names that there is. */
export function readText(input: ToolInput, ...names: string[]): string | null {
  for (const name of names) {
    const value = input[name]
    if (typeof value === 'string' && value !== '') return value
    if (Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === 'string'))
      return value.join(' ')
  }
  return null
}

/** A number field by the first of these names that there is. */
export function readNumber(input: ToolInput, ...names: string[]): number | null {
  for (const name of names) {
    const value = input[name]
    if (typeof value === 'number') return value
  }
  return null
}

const FIELD = /"([A-Za-z_][\w-]{0,60})"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false)/g

function salvage(json: string): ToolInput {
  const found: ToolInput = {}
  for (const [, name, value] of json.slice(0, 20_000).matchAll(FIELD)) {
    if (!name || !value || name in found) continue
    try {
      found[name] = JSON.parse(value)
    } catch {
      // An escape that JSON does not know: the field is left out, the raw input is still shown.
    }
  }
  return found
}
