// One end of a JSON-RPC 2.0 connection over lines, without promises: what is to be said or done about a line is known as
// soon as it is read, so a reader of lines can own it.
import { asString, isObject } from '@/server/transcripts/claude-code-content'

type JsonObject = Record<string, unknown>

export type RpcId = number | string | null
export type RpcFailure = { code: number; message: string }
export type RpcAnswer<Done> = { result(value: JsonObject): Done; failure(error: RpcFailure): Done }

/** What the other end asks; `id` is null for a notification. */
export type RpcCall = { id: RpcId; method: string; params: JsonObject }

export const METHOD_NOT_FOUND = -32601

export class RpcLines<Done> {
  private nextId = 0
  private readonly waiting = new Map<RpcId, RpcAnswer<Done>>()

  /** The line that asks; `answer` is called when a line read later answers it. */
  request(method: string, params: object, answer: RpcAnswer<Done>): string {
    const id = this.nextId++
    this.waiting.set(id, answer)
    return line({ id, method, params })
  }

  notification(method: string, params: object): string {
    return line({ method, params })
  }

  response(id: RpcId, result: object): string {
    return line({ id, result })
  }

  refusal(id: RpcId, code: number, message: string): string {
    return line({ id, error: { code, message } })
  }

  /** Reads one message: hands an answer on, gives a call back; null for what is neither. */
  read(message: JsonObject): { done: Done } | { call: RpcCall } | null {
    const { method, params } = message
    const id = typeof message.id === 'number' || typeof message.id === 'string' ? message.id : null
    if (typeof method === 'string') return { call: { id, method, params: isObject(params) ? params : {} } }
    const answer = this.waiting.get(id)
    if (answer === undefined) return null
    this.waiting.delete(id)
    if ('error' in message) return { done: answer.failure(toFailure(message.error)) }
    return { done: answer.result(isObject(message.result) ? message.result : {}) }
  }
}

function line(message: object): string {
  return `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`
}

/** Some agents say only “Internal error” and put what happened beside it. */
function toFailure(error: unknown): RpcFailure {
  const { code, message, data } = isObject(error) ? error : { code: 0, message: String(error), data: null }
  const details = isObject(data) ? (asString(data.details) ?? asString(data.message)) : asString(data)
  const said = [asString(message), details].filter((text) => text !== null && text !== '')
  return { code: typeof code === 'number' ? code : 0, message: [...new Set(said)].join(': ') || 'no reason was given' }
}
