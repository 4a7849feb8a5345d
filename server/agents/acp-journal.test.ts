import { appendFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AcpJournal, journalGoesOn, journalPath } from './acp-journal'

const env: NodeJS.ProcessEnv = { NODE_ENV: 'test', MAKIMA_ACP_HOME: mkdtempSync(join(tmpdir(), 'makima-acp-')) }
const head = { cwd: '/work', agent: 'Agent 1', goesOn: true, after: null }
const chunk = (text: string, messageId?: string) => ({
  sessionUpdate: 'agent_message_chunk',
  messageId,
  content: { type: 'text', text },
})
const read = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

test('pieces of a message become one record when something else comes, or when the agent ends', () => {
  const journal = new AcpJournal(env)
  journal.open('one/../two', 'model', head)
  journal.prompt('Hello.', null)
  expect(journal.update(chunk('Good '))).toBe(false)
  expect(journal.update({ sessionUpdate: 'usage_update', used: 1, size: 2 })).toBe(false)
  expect(journal.update(chunk('day.'))).toBe(false)
  expect(journal.update(chunk('Another', 'b'))).toBe(true)
  expect(journal.update({ sessionUpdate: 'tool_call', toolCallId: 'c' })).toBe(true)
  journal.update(chunk('half a'))
  journal.endWords()
  const path = journalPath(env, 'one/../two')
  expect(path.startsWith(`${env.MAKIMA_ACP_HOME}/`)).toBe(true)
  expect(read(path).map(({ type, text }) => [type, text])).toEqual([
    ['session', undefined],
    ['prompt', 'Hello.'],
    ['update', undefined],
    ['message', 'Good day.'],
    ['message', 'Another'],
    ['update', undefined],
    ['message', 'half a'],
  ])
})

test('a line that was cut off swallows nothing of what comes later, and a lost session is not gone on with', async () => {
  const journal = new AcpJournal(env)
  journal.open('cut', null, head)
  const path = journalPath(env, 'cut')
  expect(await journalGoesOn(path)).toBe(true)
  appendFileSync(path, '{"type":"mess')
  const next = new AcpJournal(env)
  next.open('cut', null, null)
  next.prompt('Again.', 'What was said.')
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  expect(lines[1]).toBe('{"type":"mess')
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ type: 'prompt', text: 'Again.', brief: 'What was said.' })
  next.lost('cut')
  expect(await journalGoesOn(path)).toBe(false)
  expect(await journalGoesOn(`${path}.none`)).toBe(false)
})
