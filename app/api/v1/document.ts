// The description of the API as OpenAPI 3.1, made of the schemas that parse what is asked and of those that tell what is answered.
import { z } from 'zod'
import { problem } from '@/app/api/v1/answers/basics'
import { type Asked, type Description, isRaw } from './describe'
import { FILE_TYPE } from '@/server/request-guard'
import { METHODS } from './route-handler'
import { ROUTES } from './routes'
import * as itself from './openapi.json/route'

type Json = Record<string, unknown>
type Served = { description?: Description }

/** An operation as the document and the tests name it. */
export type ApiOperation = { path: string; method: string; description: Description }

/** Every operation that is described, by address and method. */
export function listApi(): ApiOperation[] {
  const files = { ...ROUTES, 'openapi.json': itself }
  return Object.entries(files).flatMap(([file, served]) =>
    METHODS.flatMap((method) => {
      const { description } = (served[method as keyof typeof served] ?? {}) as Served
      return description ? [{ path: toPath(file), method, description }] : []
    }),
  )
}

/** `/mesh/tasks/{id}` of `mesh/tasks/[id]`. */
export const toPath = (file: string): string => `/${file.replaceAll('[', '{').replaceAll(']', '}')}`

const KEY =
  'An API key, or the line in the file `token` of the home folder on the machine of Makima itself. Pages of Makima in a browser need none.'

let made: Json | null = null

/** The whole document. Made once: it is the same for all. */
export function describeApi(): Json {
  made ??= makeDocument()
  return made
}

function makeDocument(): Json {
  const schemas: Json = {}
  const paths: Record<string, Json> = {}
  for (const { path, method, description } of listApi()) {
    paths[path] ??= {}
    const operations = paths[path]
    operations[method.toLowerCase()] = describeOperation(path, method, description, schemas)
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Makima',
      version: '1',
      description:
        'The history of coding agents’ work: read it, go back, fork, resume. Errors are problem+json with a stable `code`; lists page by an opaque `cursor`; a change waits up to 30 s for its operation and then answers 202; `Idempotency-Key` makes a retry safe.',
    },
    servers: [{ url: '/api/v1' }],
    paths,
    components: { schemas, securitySchemes: { key: { type: 'http', scheme: 'bearer', description: KEY } } },
    security: [{ key: [] }],
  }
}

function describeOperation(path: string, method: string, description: Description, schemas: Json): Json {
  const { summary, details, query = {}, body, fromAddress = [], takesFile, answers } = description
  const inAddress = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    description: 'An id, as lists tell it',
    schema: { type: 'string' },
  }))
  const changes = method !== 'GET' && !description.looks && !description.tellsOnce && !takesFile
  const key = { type: 'string', maxLength: 200 }
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[{}]/g, '').replaceAll(/[/.](\w)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(description.free && { security: [] }),
    ...(details && { description: details }),
    tags: [path.split('/')[path.startsWith('/mesh') ? 2 : 1]],
    parameters: [
      ...inAddress,
      ...Object.entries(query).map(([name, asked]) => describeQuery(name, asked)),
      ...(changes
        ? [{ name: 'Idempotency-Key', in: 'header', schema: key, description: 'A retry with it is safe' }]
        : []),
    ],
    ...(body && {
      requestBody: {
        content: { 'application/json': { schema: without(toSchema(body, 'input', schemas), fromAddress) } },
      },
    }),
    ...(takesFile && {
      requestBody: { required: true, content: { [FILE_TYPE]: { schema: { type: 'string', format: 'binary' } } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(Number(status), answer, schemas)]),
      ),
      default: {
        description: 'What was wrong and what to do',
        content: { 'application/problem+json': { schema: toSchema(problem, 'output', schemas) } },
      },
    },
  }
}

function describeQuery(name: string, { schema, description, required }: Asked): Json {
  return { name, in: 'query', ...(required && { required }), description, schema: toSchema(schema, 'input', {}) }
}

const MEANINGS: Record<number, string> = { 201: 'Made', 202: 'Begun, but not at its end yet', 503: 'Not ready' }

function describeAnswer(status: number, answer: Description['answers'][number], schemas: Json): Json {
  if (answer === null || answer === undefined) return { description: 'Done; there is nothing to tell' }
  if (isRaw(answer)) {
    return { description: answer.description, content: { [answer.contentType]: { schema: { type: 'string' } } } }
  }
  const meaning = MEANINGS[status] ?? 'Done'
  return { description: meaning, content: { 'application/json': { schema: toSchema(answer, 'output', schemas) } } }
}

/** JSON Schema of a schema; what has a name goes to the components. */
function toSchema(schema: z.ZodType, io: 'input' | 'output', schemas: Json): Json {
  const whole = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // A Date comes as text over REST.
      if (zodSchema._zod.def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
    },
  }) as Json
  const { $defs = {}, $schema: _schema, id, ...rest } = whole as Json & { $defs?: Json; id?: string }
  const point = (value: Json): Json =>
    JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/')) as Json
  for (const [name, of] of Object.entries($defs)) {
    const { id: _id, ...named } = of as Json
    schemas[name] ??= point(named)
  }
  if (typeof id !== 'string') return point(rest)
  schemas[id] ??= point(rest)
  return { $ref: `#/components/schemas/${id}` }
}

/** A schema without the members that come from the address. */
function without(schema: Json, names: string[]): Json {
  const properties = Object.entries((schema.properties ?? {}) as Json).filter(([name]) => !names.includes(name))
  const required = ((schema.required ?? []) as string[]).filter((name) => !names.includes(name))
  const { required: _required, ...rest } = schema
  return { ...rest, properties: Object.fromEntries(properties), ...(required.length > 0 && { required }) }
}
