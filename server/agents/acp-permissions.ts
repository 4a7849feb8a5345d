// What an agent asks over ACP while it works, and how it is answered.
import type { PermissionOption as AcpOption, RequestPermissionResponse } from '@agentclientprotocol/sdk'
import { isAbsolute, relative, resolve } from 'node:path'
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import type { RpcId } from './rpc-lines'
import type { PermissionOption } from './types'

type JsonObject = Record<string, unknown>

export class AcpPermissions {
  private readonly open = new Map<string, RpcId>()

  constructor(private readonly cwd: string) {}

  /** The name under which a request is answered later. */
  add(id: RpcId): string {
    const name = String(id)
    this.open.set(name, id)
    return name
  }

  /** The id of a request that waits for its answer, which is no longer open then; undefined when it does not wait. */
  take(name: string): RpcId | undefined {
    const id = this.open.get(name)
    this.open.delete(name)
    return id
  }

  takeAll(): RpcId[] {
    const ids = [...this.open.values()]
    this.open.clear()
    return ids
  }

  /** False when a call names a place outside of the folder. */
  isInFolder(toolCall: JsonObject): boolean {
    const locations = Array.isArray(toolCall.locations) ? toolCall.locations.filter(isObject) : []
    return locations.every(({ path }) => {
      const way = relative(this.cwd, resolve(this.cwd, asString(path) ?? ''))
      return way !== '..' && !way.startsWith('../') && !isAbsolute(way)
    })
  }
}

export function optionsOf(params: JsonObject): PermissionOption[] {
  const options = (Array.isArray(params.options) ? params.options.filter(isObject) : []) as unknown as AcpOption[]
  return options.map(({ optionId, name, kind }) => ({
    id: optionId,
    label: name,
    kind: kind === 'allow_once' || kind === 'allow_always' ? kind : 'reject',
  }))
}

export function selected(optionId: string): RequestPermissionResponse {
  return { outcome: { outcome: 'selected', optionId } }
}

export const CANCELLED: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } }
