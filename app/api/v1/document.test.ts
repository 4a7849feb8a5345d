import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { describeApi, listApi } from './document'
import { METHODS } from './route-handler'
import { ROUTES } from './routes'
import { ajv } from './test-description'

type Operation = {
  operationId: string
  parameters: { name: string; in: string; schema: object }[]
  requestBody?: { content: Record<string, { schema: { properties: object } }> }
  responses: Record<string, object>
}
const document = describeApi() as {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, object> }
}
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
)

test('every file that serves an address is in the table, and every method that it serves is described', () => {
  const names = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const files = names.filter((name) => /(^|\/)route\.ts$/.test(name)).map((name) => name.replace(/\/route\.ts$/, ''))
  const served = files.filter((file) => !file.includes('...') && file !== 'openapi.json')
  expect(Object.keys(ROUTES).toSorted()).toEqual(served.toSorted())
  for (const [file, exports] of Object.entries(ROUTES)) {
    for (const method of METHODS) {
      const handler = exports[method] as { description?: object } | undefined
      // A method that is not served is the refusal, which says nothing of itself.
      if (handler && 'description' in handler) expect(handler.description, `${method} ${file}`).toBeDefined()
    }
  }
})

test('the document is OpenAPI 3.1 whose names and references hold', () => {
  expect(document.openapi).toBe('3.1.0')
  expect(operations).toHaveLength(listApi().length)
  const ids = operations.map(({ operation }) => operation.operationId)
  expect(new Set(ids).size).toBe(ids.length)
  const text = JSON.stringify(document)
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name)
  }
  expect(text).not.toContain('$defs')
  for (const name of Object.keys(document.components.schemas))
    expect(() => ajv.compile({ $ref: `api#/components/schemas/${name}` })).not.toThrow()
})

test('what stands in the address is a parameter and no member of the body; a change can be repeated safely', () => {
  for (const { path, method, operation } of operations) {
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(operation.parameters.filter((one) => one.in === 'path').map((one) => one.name)).toEqual(names)
    const hasKey = operation.parameters.some((one) => one.name === 'Idempotency-Key')
    expect(hasKey, path).toBe(
      method !== 'get' &&
        !/\/(preview|brief|export|shares|keys|forget|browser-sessions\/links|imports\/file)$/.test(path),
    )
    expect(Object.keys(operation.responses)).toContain('default')
  }
  const rewind = document.paths['/mesh/tasks/{id}/rewind']?.post
  const members = Object.keys(rewind?.requestBody?.content['application/json']?.schema.properties ?? {})
  expect(members).toEqual(expect.arrayContaining(['checkpointId', 'preserveMode', 'planHash']))
  expect(members).not.toContain('taskId')
})
