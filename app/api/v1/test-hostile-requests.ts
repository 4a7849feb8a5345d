// Requests to everything that the API describes, with hostile values where each takes one.
import { type Hostile, NO_OBJECTS, toJson } from '@/app/api/test-hostile'
import { FILE_TYPE } from '@/server/request-guard'
import { describeApi } from './document'
import { METHODS } from './route-handler'

type Schema = Parameters<Hostile['like']>[0]
type Parameter = { name: string; in: string; schema: Schema }
type Operation = { parameters: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }

/** `path` as described, `params` what stands in its brackets. */
export type HostileRequest = {
  method: string
  path: string
  params: Record<string, string>
  query: URLSearchParams
  headers: Record<string, string>
  body: string | undefined
}

type ApiDocument = { paths: Record<string, Record<string, Operation>>; components: { schemas: Record<string, Schema> } }
const document = describeApi() as unknown as ApiDocument
const OPERATIONS = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
)

/** Of a name like `#/components/schemas/Task`. */
export const resolveSchema = (ref: string): Schema => document.components.schemas[ref.split('/').at(-1) ?? ''] ?? {}

export function makeRequest(hostile: Hostile): HostileRequest {
  const { path, method, operation } = hostile.pick(OPERATIONS)
  const params = operation.parameters.filter((one) => one.in === 'path')
  const content = Object.entries(operation.requestBody?.content ?? {})[0]
  return {
    method: hostile.chance(0.02) ? hostile.pick(METHODS) : method,
    path,
    params: Object.fromEntries(params.map(({ name }) => [name, hostile.chance(0.8) ? hostile.id() : hostile.text()])),
    query: makeQuery(hostile, operation),
    headers: makeHeaders(hostile, content?.[0]),
    body: content && makeBody(hostile, content),
  }
}

function makeQuery(hostile: Hostile, { parameters }: Operation): URLSearchParams {
  const query = new URLSearchParams()
  for (const { name, schema } of parameters.filter((one) => one.in === 'query')) {
    if (!hostile.chance(0.5)) continue
    const value = name === 'cursor' && hostile.chance(0.7) ? hostile.cursor() : hostile.like(schema)
    query.append(name, typeof value === 'string' ? value : toJson(value ?? null))
    if (hostile.chance(0.1)) query.append(name, hostile.text())
  }
  if (hostile.chance(0.05)) query.append(hostile.text(), hostile.text())
  return query
}

/** Only what a client can send: Node refuses other signs in a header before anybody sees them. */
function makeHeaders(hostile: Hostile, type = 'application/json'): Record<string, string> {
  const words = [
    '',
    'x',
    'é',
    '\u00ff',
    'x'.repeat(201),
    '0:0:|0:0:|0|x',
    '1:2:|1:2:|1|00000000-0000-0000-0000-000000000000',
  ]
  const snapshots = [
    '9:1:|9:1:|0|',
    '1:99999999999999999999:|1:2:|1|',
    '1:9:5,3|1:9:9|1|',
    '1:9:5|1:9:5|99999999999999999999|',
  ]
  const places = snapshots.map((snapshot) => `${snapshot}00000000-0000-0000-0000-000000000000`)
  return {
    'content-type': hostile.chance(0.97)
      ? type
      : hostile.pick([FILE_TYPE, 'application/json; charset=utf-16', 'text/plain', '']),
    ...(hostile.chance(0.15) && { 'idempotency-key': hostile.pick(words) }),
    ...(hostile.chance(0.15) && { 'last-event-id': hostile.pick([...words, ...places]) }),
  }
}

function makeBody(hostile: Hostile, [type, { schema }]: [string, { schema: Schema }]): string {
  if (type === FILE_TYPE || hostile.chance(0.04)) return hostile.pick(NO_OBJECTS)
  return toJson(hostile.like(schema)) ?? ''
}
