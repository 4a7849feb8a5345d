// API keys from the terminal.
import pc from 'picocolors'
import type { ApiKeyView } from '@/server/services/api-keys'
import { addressOf, call } from './http'
import { moment, type OutputOptions, print, say, table, wantsJson } from './output'

type Row = Omit<ApiKeyView, 'createdAt' | 'expiresAt' | 'lastUsedAt'> & {
  createdAt: string
  expiresAt: string | null
  lastUsedAt: string | null
}

export async function createKey(
  options: OutputOptions & { name: string; readOnly?: boolean; days?: number },
): Promise<void> {
  const made = await call<Row & { key: string }>(addressOf(options), 'POST', '/keys', {
    name: options.name,
    scope: options.readOnly ? 'read' : 'write',
    expiresInDays: options.days,
  })
  if (wantsJson(options)) return print(made)
  say(made.key)
  say(pc.dim(`It is told this once. Take it back with: makima keys revoke ${made.id}`))
}

export async function listKeys(options: OutputOptions): Promise<void> {
  const answer = await call<{ keys: Row[] }>(addressOf(options), 'GET', '/keys')
  if (wantsJson(options)) return print(answer)
  const rows = answer.keys.map((one) => [
    one.name,
    `${one.prefix}…`,
    one.scope,
    one.state,
    one.lastUsedAt ? moment(one.lastUsedAt) : 'never',
    one.id,
  ])
  table(
    ['Name', 'Key', 'May', 'State', 'Last used', 'Id'],
    rows,
    'There is no key yet. `makima keys create` makes one.',
  )
}

export async function revokeKey(id: string, options: OutputOptions): Promise<void> {
  const revoked = await call<Row>(addressOf(options), 'DELETE', `/keys/${encodeURIComponent(id)}`)
  if (wantsJson(options)) return print(revoked)
  say(`The key “${revoked.name}” opens nothing any more.`)
}
