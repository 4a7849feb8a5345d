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
