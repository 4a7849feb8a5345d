import { expect, test } from 'vitest'
import type { JsonSchema } from './openapi'
import { outline } from './schema-outline'

const said = (schema: JsonSchema) =>
  outline(schema)
    .map((part) => ('text' in part ? part.text : `<${part.name}>`))
    .join('')

test('a schema reads like a type, with what is optional, what may be null and what leads elsewhere', () => {
  const schema: JsonSchema = {
    type: 'object',
    required: ['id', 'tasks'],
    properties: {
      id: { type: 'string', format: 'uuid' },
      cursor: { anyOf: [{ type: 'string' }, { type: 'null' }], description: 'Opaque' },
      tasks: { type: 'array', items: { $ref: '#/components/schemas/Task' } },
      kinds: { type: 'array', items: { enum: ['a', 'b'] } },
      place: { type: 'object', required: ['path'], properties: { path: { type: 'string' } } },
      rest: {},
    },
  }
  expect(said(schema)).toBe(`{
  id: uuid
  cursor?: string | null  // Opaque
  tasks: <Task>[]
  kinds?: ("a" | "b")[]
  place?: {
    path: string
  }
  rest?: anything
}`)
})
