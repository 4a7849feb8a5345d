// A talk as it is read from exports of OpenCode, for tests.
import { row, talkOf } from './test-talk'
import type { Talk, TalkRow } from './types'

type Part = Record<string, unknown> & { type: string; text: string; callID: string; tool: string; state: ToolState }
type ToolState = { input: unknown; output?: string; error?: string; status: string }
type Message = {
  info: Record<string, unknown> & { id: string; role: string; time: { created: number } }
  parts: Part[]
}

export type OpenCodeExport = { info: Record<string, unknown>; messages: Message[] }

/** `isInForce` cuts the rows of all exports, in the order in which they are given. */
export function talkOfExports(exports: OpenCodeExport[], isInForce: (rows: TalkRow[]) => TalkRow[]): Talk {
  const rows = exports.flatMap(({ messages }) => messages.flatMap(rowsOf))
  return talkOf(
    'opencode',
    isInForce(rows),
    exports.map((one) => [one]),
  )
}

function rowsOf({ info, parts }: Message): TalkRow[] {
  const place = { nativeId: info.id, at: info.time.created }
  return parts.flatMap((part): TalkRow[] => {
    if (part.type === 'text') {
      const role = info.role === 'user' ? 'user' : 'assistant'
      return [row({ ...place, role, kind: role === 'user' ? 'prompt' : 'text', text: part.text })]
    }
    if (part.type !== 'tool') return []
    const { input, output, error } = part.state
    const toolInput = JSON.stringify(input)
    const call = { toolName: part.tool, toolInput, nativeToolId: part.callID, toolResult: output ?? error ?? null }
    return [row({ ...place, ...call, role: 'tool', kind: 'tool' })]
  })
}
