// A session of OpenCode's own store as the document that `opencode export` would write. The texts of the store stand in
// it as they are, so no byte of them is lost.

/** An object as the store has it; `text` is JSON, unless it is torn. */
export type StoredObject = { id: string; text: string }

export type StoredMessage = StoredObject & { parts: StoredObject[] }

/** What stands before the messages; `info` is a JSON text. */
export function documentHead(info: string): string {
  return `{"info":${info},"messages":[`
}

/** What follows the head. */
export function* documentBody(messages: Iterable<StoredMessage>): Generator<string> {
  let isFirst = true
  for (const { id, text, parts } of messages) {
    yield `${isFirst ? '' : ','}\n{"info":${withId({ id, text }, 'role')},"parts":[`
    // Piece by piece: many large parts together would be longer than a string can be.
    for (const [index, part] of parts.entries()) yield `${index === 0 ? '' : ','}${withId(part, 'type')}`
    yield ']}'
    isFirst = false
  }
  yield '\n]}\n'
}

/** What stands for an object of more bytes than a message may have: it is counted as of a kind that is not known. */
export function standIn(bytes: number): string {
  return JSON.stringify({ type: 'too_long', role: 'too_long', bytes })
}

/** How many bytes a document has, by those of its head, and of each object with the id that is put into it. */
export function countDocumentBytes(info: number, messages: { bytes: number; parts: number[] }[]): number {
  const sum = (list: number[]) => list.reduce((all, bytes) => all + bytes + 1, 0) - (list.length > 0 ? 1 : 0)
  const body = messages.map(({ bytes, parts }) => '\n{"info":,"parts":[]}'.length + bytes + sum(parts))
  return '{"info":,"messages":[\n]}\n'.length + info + sum(body)
}

/** Bytes of an object of so many bytes once its id stands in it. */
export function countWithId(id: string, bytes: number): number {
  return bytes + '"id":"",'.length + id.length
}

/** An object with its id in it. What is no JSON object is kept as a text, so that it spoils nothing but itself. */
function withId({ id, text }: StoredObject, kind: 'role' | 'type'): string {
  const value = parseObject(text)
  if (value === null) return JSON.stringify({ id, [kind]: 'unreadable', raw: text })
  if (typeof value.id === 'string') return text.trim()
  const rest = text.trim().slice(1)
  return `{"id":${JSON.stringify(id)}${Object.keys(value).length === 0 ? '' : ','}${rest}`
}

/** The JSON object in a text, null when it holds none. */
export function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}
