// Holds answers to the description of the API: what a program that believes it would stumble over fails the test.
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { describeApi, toPath } from './document'
import * as itself from './openapi.json/route'
import { ROUTES } from './routes'

type Json = Record<string, unknown>
type Content = Record<string, { schema: object }>
type Responses = Record<string, { content?: Content }>

const document = describeApi() as { paths: Record<string, Record<string, { responses: Responses }>> } & Json
export const ajv = addFormats(new Ajv({ allErrors: true, strict: false }))
ajv.addSchema(document, 'api')

const paths = new Map<object, string>(
  Object.entries({ ...ROUTES, 'openapi.json': itself }).map(([file, served]) => [served, toPath(file)]),
)

/** @throws Error that names what an answer has that its description does not say, or the other way round. */
export function holdToDescription(file: object, method: string, response: Response, body: unknown): void {
  const path = paths.get(file)
  const responses = path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()]?.responses
  // What is no address of the API, or a method it does not have.
  if (!path || !responses) return
  const type = response.headers.get('content-type')?.split(';')[0] ?? ''
  const status = String(response.status)
  const key = responses[status] ? status : response.ok ? null : 'default'
  const where = `${method} ${path} ${status}`
  if (key === null) throw new Error(`${where}: this status is not described`)
  const content = responses[key]?.content
  if (content === undefined) {
    if (type !== '') throw new Error(`${where}: an answer where none is described`)
    return
  }
  if (!(type in content)) throw new Error(`${where}: ${type} is not described`)
  if (body === null) return
  const pointer = ['paths', path, method.toLowerCase(), 'responses', key, 'content', type, 'schema']
  const validate = ajv.getSchema(`api#/${pointer.map(escape).join('/')}`)
  if (!validate) throw new Error(`${where}: no schema`)
  if (!validate(body))
    throw new Error(`${where}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(body).slice(0, 2_000)}`)
}

const escape = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
