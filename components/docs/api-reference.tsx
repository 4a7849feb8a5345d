'use client'
import { useQuery } from '@tanstack/react-query'
import { PageHeader } from '@/components/shell/page-header'
import { ErrorState } from '@/components/ui/error-state'
import { SkeletonRows } from '@/components/ui/skeleton-rows'
import type { ApiDocument, ApiOperation, JsonSchema } from './openapi'
import { outline } from './schema-outline'

const ADDRESS = '/api/v1/openapi.json'

type Listed = { path: string; method: string; operation: ApiOperation }

async function load(): Promise<ApiDocument> {
  const response = await fetch(ADDRESS)
  if (!response.ok) throw new Error('The description of the API could not be read. Try again in a moment.')
  return (await response.json()) as ApiDocument
}

/** The REST API as its own description tells it: every address, what it takes and what it answers. */
export function ApiReference() {
  const { data, error, refetch } = useQuery({
    queryKey: ['openapi'],
    queryFn: load,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return (
    <>
      <PageHeader
        title="REST API"
        actions={
          <a className="text-sm text-accent hover:underline" href={ADDRESS}>
            openapi.json
          </a>
        }
      />
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <SkeletonRows rows={12} height={44} label="Reading the description of the API" />}
      {data && <Reference document={data} />}
    </>
  )
}

function Reference({ document }: { document: ApiDocument }) {
  const listed = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Listed => ({ path, method, operation })),
  )
  const groups = new Map<string, Listed[]>()
  for (const one of listed) {
    const name = one.operation.tags[0] ?? ''
    groups.set(name, [...(groups.get(name) ?? []), one])
  }
  return (
    <div className="flex min-h-0 flex-1">
      <nav
        aria-label="Parts of the API"
        className="w-44 shrink-0 overflow-y-auto border-r border-line p-3 max-lg:hidden"
      >
        <ul className="flex flex-col gap-0.5 text-sm">
          {[...groups.keys(), 'schemas'].map((name) => (
            <li key={name}>
              <a href={`#${name}`} className="block rounded-md px-2 py-1 text-ink-2 hover:bg-hover hover:text-ink">
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="min-w-0 flex-1 overflow-y-auto scroll-smooth px-4 py-4">
        <div className="mx-auto flex max-w-4xl flex-col gap-8">
          <p className="text-sm text-ink-2">{document.info.description}</p>
          {[...groups].map(([name, operations]) => (
            <section key={name} id={name} aria-label={name} className="flex flex-col gap-2">
              <h2 className="text-base font-semibold">{name}</h2>
              {operations.map((one) => (
                <Operation key={one.operation.operationId} {...one} />
              ))}
            </section>
          ))}
          <section id="schemas" aria-label="schemas" className="flex flex-col gap-4">
            <h2 className="text-base font-semibold">Schemas</h2>
            {Object.entries(document.components.schemas)
              .toSorted(([a], [b]) => a.localeCompare(b))
              .map(([name, schema]) => (
                <div key={name} id={`schema-${name}`}>
                  <h3 className="mb-1 font-mono text-sm font-medium">{name}</h3>
                  <Outline schema={schema} />
                </div>
              ))}
          </section>
        </div>
      </div>
    </div>
  )
}

const TONES: Record<string, string> = { get: 'text-accent', post: 'text-add', patch: 'text-warn', delete: 'text-del' }

function Operation({ path, method, operation }: Listed) {
  const body = operation.requestBody?.content['application/json']?.schema
  return (
    <details id={operation.operationId} className="rounded-md border border-line">
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 gap-y-1 px-3 py-2 hover:bg-hover">
        <code className={`w-14 text-xs font-semibold uppercase ${TONES[method] ?? ''}`}>{method}</code>
        <code className="text-sm break-all">{path}</code>
        <span className="text-sm text-ink-2">{operation.summary}</span>
      </summary>
      <div className="flex flex-col gap-3 border-t border-line px-3 py-3 text-sm">
        {operation.parameters.length > 0 && (
          <table className="w-full text-left text-sm">
            <thead className="text-xs text-ink-2">
              <tr>
                <th className="py-1 pr-3 font-medium">Parameter</th>
                <th className="py-1 pr-3 font-medium">In</th>
                <th className="py-1 font-medium">What it is</th>
              </tr>
            </thead>
            <tbody>
              {operation.parameters.map((one) => (
                <tr key={`${one.in} ${one.name}`} className="border-t border-line align-top">
                  <td className="py-1 pr-3">
                    <code>{one.name}</code>
                  </td>
                  <td className="py-1 pr-3 text-ink-2">{one.in}</td>
                  <td className="py-1">{one.description ?? ''}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {body && (
          <div>
            <p className="mb-1 text-xs font-medium text-ink-2">Body, as JSON</p>
            <Outline schema={body} />
          </div>
        )}
        {Object.entries(operation.responses).map(([status, { description, content = {} }]) => (
          <div key={status}>
            <p className="mb-1 flex flex-wrap items-center gap-2 text-xs font-medium text-ink-2">
              <code className="rounded-sm border border-line px-1">{status === 'default' ? 'else' : status}</code>{' '}
              {description}
            </p>
            {Object.entries(content).map(([type, { schema }]) =>
              type === 'application/json' ? (
                <Outline key={type} schema={schema} />
              ) : (
                <p key={type} className="text-xs text-ink-2">
                  <code>{type}</code> {schema.$ref && <SchemaLink name={nameOf(schema.$ref)} />}
                </p>
              ),
            )}
          </div>
        ))}
      </div>
    </details>
  )
}

const nameOf = (ref: string) => ref.split('/').at(-1) ?? ''

function SchemaLink({ name }: { name: string }) {
  return (
    <a href={`#schema-${name}`} className="text-accent hover:underline">
      {name}
    </a>
  )
}

function Outline({ schema }: { schema: JsonSchema }) {
  return (
    <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken px-3 py-2 font-mono text-xs">
      {outline(schema).map((part, index) =>
        // oxlint-disable-next-line react/no-array-index-key -- the parts of one schema never change places
        'name' in part ? <SchemaLink key={index} name={part.name} /> : <span key={index}>{part.text}</span>,
      )}
    </pre>
  )
}
