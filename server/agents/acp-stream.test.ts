import { expect, test } from 'vitest'
import { type AcpAgent, AcpStream, launchAcp } from './acp-stream'
import type { AgentEvent, LaunchInput } from './types'

const agent: AcpAgent = { title: 'Agent', login: 'Log in first.', advise: () => null }

const input: LaunchInput = {
  cwd: '/work/place',
  env: { NODE_ENV: 'test' },
  program: { path: '/bin/agent', version: '1' },
  sessionId: null,
  newSessionId: '',
  prompt: 'Hello.',
  model: null,
  permissions: 'ask',
  maxTurns: null,
}

const line = (message: object) => JSON.stringify({ jsonrpc: '2.0', ...message })
const sent = (events: AgentEvent[]) =>
  events.flatMap((event) => (event.type === 'send' ? [JSON.parse(event.text)] : []))
const initialized = (capabilities: object) =>
  line({ id: 0, result: { protocolVersion: 1, agentCapabilities: capabilities, authMethods: [{ id: 'key' }] } })
const update = (fields: object) => line({ method: 'session/update', params: { sessionId: 's', update: fields } })

/** A stream whose prompt was sent. */
function atWork(changes: Partial<LaunchInput> = {}): AcpStream {
  const stream = new AcpStream(agent, { ...input, ...changes })
  stream.read(initialized({}))
  stream.read(line({ id: 1, result: { sessionId: 's' } }))
  return stream
}

test('a new session is opened in the folder and given the prompt', () => {
  expect(JSON.parse(launchAcp(input, ['acp']).stdin)).toMatchObject({ id: 0, method: 'initialize' })
  const stream = new AcpStream(agent, input)
  const [opened] = sent(stream.read(initialized({})))
  expect(opened).toMatchObject({ id: 1, method: 'session/new', params: { cwd: '/work/place', mcpServers: [] } })
  const events = stream.read(line({ id: 1, result: { sessionId: 's' } }))
  expect(events[0]).toEqual({ type: 'session', sessionId: 's', model: null })
  const prompt = [{ type: 'text', text: 'Hello.' }]
  expect(sent(events)).toEqual([
    { jsonrpc: '2.0', id: 2, method: 'session/prompt', params: { sessionId: 's', prompt } },
  ])
  expect(stream.read(line({ id: 2, result: { stopReason: 'end_turn' } })).at(-1)).toMatchObject({
    type: 'turn_ended',
    ok: true,
  })
})

test.each([
  ['is resumed where that is offered', { loadSession: true, sessionCapabilities: { resume: {} } }, 'session/resume'],
  ['is loaded otherwise', { loadSession: true }, 'session/load'],
])('a known session %s, and what was said before is not said again', (_, capabilities, method) => {
  const stream = new AcpStream(agent, { ...input, sessionId: 'old' })
  expect(sent(stream.read(initialized(capabilities)))).toMatchObject([{ method, params: { sessionId: 'old' } }])
  const old = update({ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: 'before' } })
  expect(stream.read(old)).toEqual([])
  const next = sent(stream.read(line({ id: 1, result: null })))
  if (method === 'session/resume') return expect(next).toMatchObject([{ method: 'session/prompt' }])
  expect(next).toMatchObject([{ id: 2, method: '_makima/ping' }])
  expect(stream.read(old)).toEqual([])
  const unknown = { code: -32601, message: 'Method not found' }
  expect(sent(stream.read(line({ id: 2, error: unknown })))).toMatchObject([{ id: 3, method: '_makima/ping' }])
  expect(sent(stream.read(line({ id: 3, error: unknown })))).toMatchObject([{ method: 'session/prompt' }])
})

test('an agent that cannot go on with a session ends the turn with that sentence', () => {
  const stream = new AcpStream(agent, { ...input, sessionId: 'old' })
  expect(stream.read(initialized({})).at(-1)).toMatchObject({ ok: false, error: 'it cannot go on with a session' })
})

test('another version of the protocol ends the turn', () => {
  const stream = new AcpStream(agent, input)
  expect(stream.read(line({ id: 0, result: { protocolVersion: 2 } })).at(-1)).toMatchObject({
    type: 'turn_ended',
    ok: false,
  })
})

test('an agent that wants a login says so as advice', () => {
  const stream = new AcpStream(agent, input)
  stream.read(initialized({}))
  const error = { code: -32000, message: 'Authentication required' }
  expect(stream.read(line({ id: 1, error })).at(-1)).toMatchObject({ error: error.message, advice: 'Log in first.' })
})

test('a login that needs no person is made before the session is opened', () => {
  const stream = new AcpStream({ ...agent, authMethod: (_, offered) => offered[0] ?? null }, input)
  expect(sent(stream.read(initialized({})))).toMatchObject([{ method: 'authenticate', params: { methodId: 'key' } }])
  expect(sent(stream.read(line({ id: 1, result: {} })))).toMatchObject([{ method: 'session/new' }])
})

test.each([
  [
    { configOptions: [{ id: 'm', category: 'model', currentValue: 'a' }] },
    { method: 'session/set_config_option', params: { sessionId: 's', configId: 'm', value: 'b' } },
  ],
  [{ models: { currentModelId: 'a' } }, { method: 'session/set_model', params: { sessionId: 's', modelId: 'b' } }],
])('another model is chosen before the prompt', (offered, request) => {
  const stream = new AcpStream(agent, { ...input, model: 'b' })
  stream.read(initialized({}))
  expect(sent(stream.read(line({ id: 1, result: { sessionId: 's', ...offered } })))).toMatchObject([request])
  expect(sent(stream.read(line({ id: 2, result: {} })))).toMatchObject([{ method: 'session/prompt' }])
})

const options = [
  { optionId: 'yes', name: 'Allow', kind: 'allow_once' },
  { optionId: 'no', name: 'Reject', kind: 'reject_once' },
]
const request = (path: string) =>
  line({
    id: 7,
    method: 'session/request_permission',
    params: { sessionId: 's', options, toolCall: { toolCallId: 't', title: 'write', locations: [{ path }] } },
  })

test('a permission is asked and answered once', () => {
  const stream = atWork()
  expect(stream.read(request('/work/place/a.txt'))).toEqual([
    {
      type: 'permission',
      requestId: '7',
      toolName: 'write',
      input: { title: 'write' },
      options: [
        { id: 'yes', label: 'Allow', kind: 'allow_once' },
        { id: 'no', label: 'Reject', kind: 'reject' },
      ],
    },
  ])
  expect(JSON.parse(stream.answer('7', 'no'))).toMatchObject({ id: 7, result: { outcome: { optionId: 'no' } } })
  expect(stream.answer('7', 'yes')).toBe('')
})

test.each([
  ['/work/place/a.txt', true],
  ['b/../c.txt', true],
  ['/work/places/a.txt', false],
  ['/work', false],
  ['../outside.txt', false],
])('with everything in the folder allowed, %s needs no question: %s', (path, isAllowed) => {
  const events = atWork({ permissions: 'allow' }).read(request(path))
  expect(events.map(({ type }) => type)).toEqual([isAllowed ? 'send' : 'permission'])
})

test('an interrupt answers what was asked and ends the turn', () => {
  const stream = atWork()
  stream.read(request('/work/place/a.txt'))
  const [answer, cancel] = stream
    .interrupt()
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text))
  expect(answer).toMatchObject({ id: 7, result: { outcome: { outcome: 'cancelled' } } })
  expect(cancel).toMatchObject({ method: 'session/cancel', params: { sessionId: 's' } })
  expect(stream.read(line({ id: 2, result: { stopReason: 'cancelled' } })).at(-1)).toMatchObject({ ok: false })
})

test('an interrupt before the session is open sends no prompt', () => {
  const stream = new AcpStream(agent, input)
  stream.read(initialized({}))
  expect(stream.interrupt()).toBe('')
  expect(stream.read(line({ id: 1, result: { sessionId: 's' } })).at(-1)).toMatchObject({
    type: 'turn_ended',
    ok: false,
  })
})

test('tools are told when they begin and when they end, under the name they had first', () => {
  const stream = atWork()
  const call = {
    sessionUpdate: 'tool_call',
    toolCallId: 't',
    title: 'bash',
    status: 'pending',
    rawInput: { command: 'ls' },
  }
  expect(stream.read(update(call))).toEqual([
    { type: 'tool', toolId: 't', name: 'bash', input: { command: 'ls' }, state: 'started' },
  ])
  const end = { sessionUpdate: 'tool_call_update', toolCallId: 't', title: 'ls', status: 'failed' }
  expect(stream.read(update(end))).toEqual([
    { type: 'tool', toolId: 't', name: 'bash', input: { command: 'ls' }, state: 'ended' },
    { type: 'recorded' },
  ])
})

test('what Makima does not do is refused, and what is no message says nothing', () => {
  const stream = atWork()
  expect(sent(stream.read(line({ id: 3, method: 'fs/read_text_file', params: {} })))).toMatchObject([
    { id: 3, error: { code: -32601 } },
  ])
  for (const odd of ['', 'Loading…', '{"jsonrpc":"2.0","id":99,"result":{}}', '{"id":', '[]', line({ method: 'x' })]) {
    expect(stream.read(odd)).toEqual([])
  }
})
