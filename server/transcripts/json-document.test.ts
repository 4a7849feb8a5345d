import { expect, test } from 'vitest'
import { DocumentBytes } from './document-bytes'
import { createRecordStream, parseDocument, parseDocumentHead, parseWhole } from './json-document'
import { createBlockSplitter } from './json-values'

const DOCUMENT = `{
  "sessionId": "s", "note": "a \\"messages\\": [ inside a string",
  "messages": [
    { "id": "1", "content": "}]" },
    { "id": "2", "content": ["ü", { "deep": [1, 2] }] }
  ],
  "summary": "after"
}
`

test('a document is one record that says where each of its messages lies', () => {
  const bytes = Buffer.from(`\uFEFF${DOCUMENT}`)
  const record = parseDocument(bytes, 'messages')
  expect(record).toMatchObject({ line: 1, problem: null, healed: false })
  expect(bytes.subarray(record.offset, record.offset + record.length).toString()).toBe(DOCUMENT.trim())
  const found = record.elements?.map(({ offset, length }) =>
    JSON.parse(bytes.toString('utf8', offset, offset + length)),
  )
  expect(found).toEqual(record.value?.messages)
  expect(found).toHaveLength(2)
})

test('a document comes out of its blocks the same however it is cut', () => {
  const bytes = Buffer.from(DOCUMENT)
  for (const targetBytes of [8, 50, 1000]) {
    const splitter = createBlockSplitter({ targetBytes })
    const stream = createRecordStream('document', 'messages')
    const records = [...splitter.push(bytes), ...splitter.end()].flatMap((block) => stream.push(block))
    expect(records).toEqual([])
    expect(stream.end()).toEqual([parseDocument(bytes, 'messages')])
    expect(stream.lines()).toBe(8)
  }
})

test('a torn document and bytes that are no object are records without value', () => {
  for (const length of [1, 20, 90, 150]) {
    expect(parseDocument(Buffer.from(DOCUMENT.slice(0, length)), 'messages')).toMatchObject({
      value: null,
      problem: 'cut',
    })
  }
  for (const text of ['[1]', 'hello', '{"messages": [}']) {
    expect(parseDocument(Buffer.from(text), 'messages').value).toBeNull()
  }
  expect(parseDocument(Buffer.from('{"messages": [],}'), 'messages')).toMatchObject({ problem: 'not_json' })
})

test('a NUL inside a document is taken out and said', () => {
  const record = parseDocument(Buffer.from('{"messages": [{"id": "a\0b"}]}'), 'messages')
  expect(record).toMatchObject({ value: { messages: [{ id: 'ab' }] }, healed: true })
})

test('the beginning of a document tells what stands before its messages', () => {
  const head = { sessionId: 's', note: 'a "messages": [ inside a string', messages: [] }
  expect(parseDocumentHead(Buffer.from(DOCUMENT.slice(0, 130)), 'messages')).toEqual(head)
  expect(parseDocumentHead(Buffer.from(DOCUMENT.slice(0, 60)), 'messages')).toBeNull()
  expect(parseDocumentHead(Buffer.from('{"sessionId": "s"}\n{"messages": []}'), 'messages')).toBeNull()
  expect(parseDocumentHead(Buffer.from('{"messages": {"a": 1}}'), 'messages')).toBeNull()
})

test.each([1, 3, 64, 100_000])(
  'a message that is too large is left out of its document, in pieces of %i bytes',
  (piece) => {
    const small = (id: string) => `{"id":"${id}","type":"user","content":"]}\\"{"}`
    const large = `{"id":"big","content":[["${'\\"]}'.repeat(500)}"]]}`
    const text = `{"x":{"messages":[1]},"sessionId":"s","messages": [${small('a')}, ${large} ,${small('b')}],"z":[{}]}\n`
    const document = new DocumentBytes('messages', 500, 5_000)
    const bytes = Buffer.from(text)
    for (let at = 0; at < bytes.length; at += piece) document.add(bytes.subarray(at, at + piece))
    const record = parseWhole(document, 'messages')
    const messages = record.value?.messages as { id?: string; type: string }[]
    expect(messages.map((message) => message.id ?? message.type)).toEqual(['a', 'too_long', 'b'])
    expect(record.elements?.map(({ offset, length }) => text.slice(offset, offset + length))).toEqual([
      small('a'),
      large,
      small('b'),
    ])
    expect(record.value?.z).toEqual([{}])
    const tooLarge = new DocumentBytes('messages', 500, 60)
    tooLarge.add(bytes)
    expect(parseWhole(tooLarge, 'messages')).toMatchObject({ value: null, problem: 'too_long' })
  },
)
