// A JSON schema as a person reads a type: `{ id: uuid, name: string, cursor?: string | null }`, over several lines.
import type { JsonSchema } from './openapi'

const INDENT = '  '

/** What the outline of a schema is made of: plain text, and names of other schemas that a page can lead to. */
export type OutlinePart = { text: string } | { name: string }

export function outline(schema: JsonSchema, depth = 0): OutlinePart[] {
  if (schema.$ref) return [{ name: schema.$ref.split('/').at(-1) ?? '' }]
  const choices = schema.anyOf ?? schema.oneOf
  if (choices)
    return join(
      choices.map((one) => outline(one, depth)),
      ' | ',
    )
  if (schema.enum) return [{ text: schema.enum.map((value) => JSON.stringify(value)).join(' | ') }]
  if (schema.const !== undefined) return [{ text: JSON.stringify(schema.const) }]
  if (Array.isArray(schema.type)) {
    return join(
      schema.type.map((type) => outline({ ...schema, type }, depth)),
      ' | ',
    )
  }
  if (schema.type === 'array') return [...wrapped(schema.items ?? {}, depth), { text: '[]' }]
  if (schema.properties && Object.keys(schema.properties).length > 0) return members(schema, depth)
  if (schema.type === 'object') return [{ text: 'object' }]
  return [{ text: schema.format ?? schema.type ?? 'anything' }]
}

function wrapped(items: JsonSchema, depth: number): OutlinePart[] {
  const inner = outline(items, depth)
  return items.anyOf || items.oneOf || items.enum ? [{ text: '(' }, ...inner, { text: ')' }] : inner
}

function members({ properties = {}, required = [] }: JsonSchema, depth: number): OutlinePart[] {
  const pad = INDENT.repeat(depth + 1)
  const lines = Object.entries(properties).flatMap(([name, of]) => {
    const said = of.description && !of.$ref ? `  // ${of.description}` : ''
    const start = `${pad}${name}${required.includes(name) ? '' : '?'}: `
    return [{ text: start }, ...outline(of, depth + 1), { text: `${said}\n` }]
  })
  return [{ text: '{\n' }, ...lines, { text: `${INDENT.repeat(depth)}}` }]
}

function join(lists: OutlinePart[][], between: string): OutlinePart[] {
  return lists.flatMap((list, index) => (index === 0 ? list : [{ text: between }, ...list]))
}
