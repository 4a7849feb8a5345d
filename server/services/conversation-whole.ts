// Finds in an agent's own record what a message's row holds only the beginning of. Pure; odd records give back the row.
import { mergeCall, outcomeOf } from '@/server/transcripts/acp-content'
import { contentText } from '@/server/transcripts/claude-code-content'
import { outputText, partsText } from '@/server/transcripts/codex-content'
import { callAnswer, partsOf, partsText as geminiText, thoughtText } from '@/server/transcripts/gemini-content'
import { messagesOf, promptOf, toolState } from '@/server/transcripts/opencode-content'

type Cut = { text: string | null; toolInput: string | null; toolResult: string | null; nativeToolId: string | null }
type Whole = Pick<Cut, 'text' | 'toolInput' | 'toolResult'>

/** The whole texts of a row, from its record and the record with its result (null where there is none). */
export function readWhole(row: Cut, record: Buffer | null, result: Buffer | null): Whole {
  const [recordValue, resultValue] = [parse(record), parse(result)]
  return {
    text: row.text === null ? null : findText(row.text, recordValue),
    toolInput: row.toolInput === null ? null : (findInput(row.nativeToolId, recordValue) ?? row.toolInput),
    toolResult: row.toolResult === null ? null : (findResult(row.nativeToolId, resultValue) ?? row.toolResult),
  }
}

export type Image = { mediaType: string; data: string }

/** Images in base64 inside a record, in order. */
export function findImages(record: Buffer | null): Image[] {
  const images: Image[] = []
  const offer = (mediaType: unknown, data: unknown) => {
    if (typeof mediaType !== 'string' || typeof data !== 'string') return
    // A type that is no image, or a drawing that can hold a script, must not become an address in a page.
    if (!/^image\/(png|jpeg|gif|webp)$/.test(mediaType) || !/^[A-Za-z0-9+/=\s]*$/.test(data)) return
    images.push({ mediaType, data })
  }
  visit(parse(record), (value) => {
    if (isObject(value.inlineData)) offer(value.inlineData.mimeType, value.inlineData.data)
    const source = value.type === 'image' && isObject(value.source) ? value.source : null
    if (source?.type === 'base64') offer(source.media_type, source.data)
    for (const address of [value.image_url, value.url, ...(Array.isArray(value.images) ? value.images : [])]) {
      const [, mediaType, data] =
        typeof address === 'string' ? (/^data:([^;,]+);base64,(.*)$/s.exec(address) ?? []) : []
      offer(mediaType, data)
    }
  })
  return images
}

type JsonObject = Record<string, unknown>

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(bytes: Buffer | null): unknown {
  try {
    return bytes === null ? null : JSON.parse(bytes.toString('utf8'))
  } catch {
    return null
  }
}

/** Every object inside a value, outermost first; without recursion, as records can be nested deeply. */
function visit(value: unknown, look: (value: JsonObject) => void): void {
  const waiting: unknown[] = [value]
  while (waiting.length > 0) {
    const next = waiting.pop()
    if (Array.isArray(next)) waiting.push(...next.toReversed())
    else if (isObject(next)) {
      look(next)
      waiting.push(...Object.values(next).reverse())
    }
  }
}

/** A text as a row can hold it: PostgreSQL takes neither U+0000 nor halves of surrogate pairs. */
function toRowText(text: string): string {
  return text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '\uFFFD')
}

/** The longest text of the record that goes on where the row was cut. */
function findText(cut: string, record: unknown): string {
  let longest = cut
  const offer = (text: string) => {
    const clean = toRowText(text)
    if (clean.length > longest.length && clean.startsWith(cut)) longest = clean
  }
  visit(record, (value) => {
    for (const [key, item] of Object.entries(value)) {
      if (typeof item === 'string') offer(item)
      else if (key === 'content' && Array.isArray(item)) {
        offer(contentText(item).text)
        offer(partsText(item).text)
        offer(geminiText(partsOf(item)).text)
      } else if (key === 'thoughts') offer(thoughtText(item))
      else if (key === 'parts') {
        for (const message of messagesOf({ messages: [value] })) offer(promptOf(message)?.text ?? '')
      }
    }
  })
  return longest
}

function findInput(toolId: string | null, record: unknown): string | null {
  let found: string | null = null
  visit(record, (value) => {
    if (toolId === null) return
    if (value.id === toolId && 'input' in value) found = JSON.stringify(value.input) ?? null
    if (value.id === toolId && 'args' in value) found = JSON.stringify(value.args) ?? null
    if (value.callID === toolId) found = JSON.stringify(toolState(value).input)
    if (value.toolCallId === toolId) found = JSON.stringify(mergeCall(undefined, value).input)
    if (value.call_id !== toolId) return
    // A tool of Codex takes JSON inside a string, or plain text.
    if (typeof value.arguments === 'string') found = value.arguments
    else if (typeof value.input === 'string') found = JSON.stringify({ input: value.input })
  })
  return found
}

function findResult(toolId: string | null, record: unknown): string | null {
  let found: string | null = null
  visit(record, (value) => {
    if (toolId === null) return
    if (value.tool_use_id === toolId) found = toRowText(contentText(value.content).text)
    if (value.id === toolId && 'result' in value) found = toRowText(callAnswer(value).text)
    if (value.callID === toolId) found = toRowText(toolState(value).text)
    if (value.toolCallId === toolId) found = toRowText(outcomeOf(value)?.text ?? '')
    if (value.call_id === toolId && 'output' in value) found = toRowText(outputText(value.output).text)
  })
  return found
}
