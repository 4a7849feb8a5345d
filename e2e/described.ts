// Holds what the running API answers to the description that it gives of itself.
import type { APIRequestContext, APIResponse } from '@playwright/test'
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { localToken } from './sign-in'

type Answers = Record<string, { content?: Record<string, object> }>
type Document = { paths: Record<string, Record<string, { responses: Answers }>> }

const METHODS = ['get', 'post', 'patch', 'delete'] as const

/** The same request context, which shows the local token; an answer that is not as described fails the test that asked. */
export function described(request: APIRequestContext): APIRequestContext {
  return new Proxy(request, {
    get(target, name) {
      const known = METHODS.find((method) => method === name)
      if (!known) {
        const other: unknown = Reflect.get(target, name)
        return typeof other === 'function' ? other.bind(target) : other
      }
      return async (url: string, options?: { headers?: Record<string, string> }) => {
        const headers = { authorization: `Bearer ${localToken()}`, ...options?.headers }
        const response = await target[known](url, { ...options, headers })
        await check(target, known, response)
        return response
      }
    },
  })
}

let checker: Promise<{ ajv: Ajv; document: Document }> | null = null

async function check(request: APIRequestContext, method: string, response: APIResponse): Promise<void> {
  const address = new URL(response.url())
  if (!address.pathname.startsWith('/api/v1/')) return
  checker ??= load(request)
  const { ajv, document } = await checker
  const asked = address.pathname.slice('/api/v1'.length)
  const path = Object.keys(document.paths).find((template) =>
    new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(asked),
  )
  const responses = path === undefined ? undefined : document.paths[path]?.[method]?.responses
  if (!path || !responses) return
  const status = String(response.status())
  const key = responses[status] ? status : 'default'
  const where = `${method} ${path} ${status}`
  if (key === 'default' && response.ok()) throw new Error(`${where}: this status is not described`)
  const type = response.headers()['content-type']?.split(';')[0] ?? ''
  const content = responses[key]?.content
  if (content === undefined) return
  if (!(type in content)) throw new Error(`${where}: ${type} is not described`)
  if (!type.endsWith('json')) return
  const pointer = ['paths', path, method, 'responses', key, 'content', type, 'schema'].map(escape).join('/')
  const validate = ajv.getSchema(`api#/${pointer}`)
  if (!validate?.(await response.json())) throw new Error(`${where}: ${ajv.errorsText(validate?.errors)}`)
}

async function load(request: APIRequestContext) {
  const document = (await (await request.get('/api/v1/openapi.json')).json()) as Document
  const ajv = addFormats(new Ajv({ allErrors: true, strict: false }))
  ajv.addSchema(document, 'api')
  return { ajv, document }
}

const escape = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'))
