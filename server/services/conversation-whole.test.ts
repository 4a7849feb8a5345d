import { expect, test } from 'vitest'
import { findImages, readWhole } from './conversation-whole'

const bytes = (payload: unknown) => Buffer.from(JSON.stringify({ type: 'response_item', payload }))
const row = { text: null, toolInput: null, toolResult: null, nativeToolId: 'c1' }

test('a call of Codex that was cut comes whole, with its output', () => {
  const call = bytes({ type: 'function_call', call_id: 'c1', arguments: '{"cmd":"cat a long file"}' })
  const answer = bytes({ type: 'function_call_output', call_id: 'c1', output: '{"output":"all of it","metadata":{}}' })
  expect(readWhole({ ...row, toolInput: '{"cmd":"cat', toolResult: 'all' }, call, answer)).toEqual({
    text: null,
    toolInput: '{"cmd":"cat a long file"}',
    toolResult: 'all of it',
  })
  const patch = bytes({ type: 'custom_tool_call', call_id: 'c1', input: '*** Begin Patch' })
  expect(readWhole({ ...row, toolInput: '{"input":"***' }, patch, null).toolInput).toBe('{"input":"*** Begin Patch"}')
})

test('a message of Codex in several parts comes whole', () => {
  const message = bytes({
    type: 'message',
    content: [
      { type: 'output_text', text: 'one' },
      { type: 'output_text', text: 'two' },
    ],
  })
  expect(readWhole({ ...row, text: 'one\nt' }, message, null).text).toBe('one\ntwo')
})

test('images are found in prompts and outputs of Codex, and nothing else that an address may hold', () => {
  const picture = 'data:image/png;base64,iVBORw0KGgo='
  const found = [{ mediaType: 'image/png', data: 'iVBORw0KGgo=' }]
  expect(findImages(bytes({ type: 'user_message', message: 'look', images: [picture] }))).toEqual(found)
  expect(findImages(bytes({ output: [{ type: 'input_image', image_url: picture }] }))).toEqual(found)
  const others = ['https://example.org/a.png', 'data:image/svg+xml;base64,AAAA', 'data:image/png;base64,"onload=']
  expect(findImages(bytes({ images: others }))).toEqual([])
})

test('a call of Gemini CLI that was cut comes whole, and its thoughts and pictures are found', () => {
  const message = {
    id: 'g1',
    type: 'gemini',
    thoughts: [{ subject: 'Planets', description: 'There are eight.' }],
    content: [{ text: 'one' }, { text: 'two' }],
    toolCalls: [
      {
        id: 'c1',
        name: 'read_file',
        args: { file_path: 'a long name' },
        result: [{ functionResponse: { id: 'c1', response: { output: 'all of it' } } }],
      },
    ],
  }
  const record = Buffer.from(JSON.stringify(message))
  expect(readWhole({ ...row, toolInput: '{"fi', toolResult: 'all' }, record, record)).toMatchObject({
    toolInput: '{"file_path":"a long name"}',
    toolResult: 'all of it',
  })
  expect(readWhole({ ...row, text: '**Planets**\nTh' }, record, null).text).toBe('**Planets**\nThere are eight.')
  expect(readWhole({ ...row, text: 'one\nt' }, record, null).text).toBe('one\ntwo')
  const picture = { inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }
  expect(findImages(Buffer.from(JSON.stringify({ type: 'user', content: [picture] })))).toHaveLength(1)
})

test('a call of OpenCode that was cut comes whole, with a prompt in several parts and its pictures', () => {
  const part = {
    type: 'tool',
    callID: 'c1',
    tool: 'bash',
    state: { status: 'error', input: { command: 'ls -la' }, error: 'no such folder' },
  }
  const record = Buffer.from(JSON.stringify({ info: { id: 'msg_1', role: 'assistant' }, parts: [part] }))
  expect(readWhole({ ...row, toolInput: '{"co', toolResult: 'no' }, record, record)).toMatchObject({
    toolInput: '{"command":"ls -la"}',
    toolResult: 'no such folder',
  })
  const parts = [
    { type: 'text', text: 'one' },
    { type: 'text', text: 'added', synthetic: true },
    { type: 'file', filename: 'a.png', mime: 'image/png', url: 'data:image/png;base64,iVBORw0KGgo=' },
  ]
  const prompt = Buffer.from(JSON.stringify({ info: { id: 'msg_2', role: 'user' }, parts }))
  expect(readWhole({ ...row, text: 'one\n[f' }, prompt, null).text).toBe('one\n[file a.png]')
  expect(findImages(prompt)).toEqual([{ mediaType: 'image/png', data: 'iVBORw0KGgo=' }])
})
