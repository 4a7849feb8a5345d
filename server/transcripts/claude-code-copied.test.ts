import { expect, test } from 'vitest'
import { createClaudeCodeReader } from './claude-code-reader'
import type { PlacedMessage, RawRecord } from './types'

type JsonObject = Record<string, unknown>

const LENGTH = 100

/** Records of 100 bytes each. */
const raw = (value: JsonObject, index: number): RawRecord => ({
  offset: index * LENGTH,
  length: LENGTH - 1,
  line: index + 1,
  value,
  problem: null,
  healed: false,
})

const prompt = (uuid: string, parentUuid: string | null, content: unknown = uuid) => ({
  type: 'user',
  uuid,
  parentUuid,
  sessionId: 's',
  message: { role: 'user', content },
})

const answer = (uuid: string, parentUuid: string, block: JsonObject = { type: 'text', text: uuid }) => ({
  type: 'assistant',
  uuid,
  parentUuid,
  sessionId: 's',
  message: { id: `msg-${uuid}`, role: 'assistant', model: 'm', content: [block] },
})

const call = (uuid: string, parentUuid: string) =>
  answer(uuid, parentUuid, { type: 'tool_use', id: `toolu-${uuid}`, name: 'Bash', input: {} })

const result = (uuid: string, of: string) =>
  prompt(uuid, of, [{ type: 'tool_result', tool_use_id: `toolu-${of}`, content: uuid }])

const virtual = (uuid: string, parentUuid: string) => ({ ...answer(uuid, parentUuid), isVirtual: true })

/** What is in force, and how often a rewind was seen, when a copy of `copied` records is read after its origin. */
function read(origin: JsonObject[], session: JsonObject[], copied: number) {
  const reader = createClaudeCodeReader()
  const read = (values: JsonObject[]) => values.forEach((value, index) => reader.read(raw(value, index)))
  reader.beginSource(0)
  read(origin)
  reader.beginSource(1, copied * LENGTH)
  read(session)
  const { messages, facts } = reader.drain()
  const state = reader.threads().get('')
  const rows: PlacedMessage[] = []
  for (let at = state?.head ?? null; at !== null; at = state?.segments[at.segment]?.parent ?? null) {
    const { segment, seq } = at
    rows.unshift(...messages.filter((row) => row.thread === '' && row.segment === segment && row.seq <= seq))
  }
  return {
    inForce: rows.map((row) => row.text ?? row.toolResult),
    rewinds: facts.filter((fact) => fact.type === 'native_rewind').length,
  }
}

const turns = [
  prompt('p1', null),
  answer('a1', 'p1'),
  { type: 'system', subtype: 'turn_duration', uuid: 't1', parentUuid: 'a1', sessionId: 's' },
  prompt('p2', 't1'),
  answer('a2', 'p2'),
]

test('a session goes on where the copy at its beginning ends, and what its origin said later is left', () => {
  const session = [prompt('p1', null), answer('a1', 'p1'), prompt('p3', 'a1'), answer('a3', 'p3')]
  expect(read(turns, session, 2)).toEqual({ inForce: ['p1', 'a1', 'p3', 'a3'], rewinds: 1 })
})

test('what comes between the copy and the first words is no place to go on from', () => {
  const attachment = {
    type: 'attachment',
    uuid: 'x',
    parentUuid: 'a1',
    sessionId: 's',
    attachment: { type: 'auto_mode' },
  }
  const session = [prompt('p1', null), answer('a1', 'p1'), attachment, prompt('p3', 'x'), answer('a3', 'p3')]
  expect(read(turns, session, 2)).toEqual({ inForce: ['p1', 'a1', 'p3', 'a3'], rewinds: 1 })
})

test('a session that goes on at the end of its origin leaves nothing, not even a notice', () => {
  const origin = [...turns, { type: 'pr-link', prNumber: 1, prUrl: 'https://example.org/1', sessionId: 's' }]
  const session = [...turns, prompt('p3', 'a2')]
  expect(read(origin, session, turns.length)).toEqual({
    inForce: ['p1', 'a1', 'p2', 'a2', 'Pull request https://example.org/1', 'p3'],
    rewinds: 0,
  })
})

test('a copy that ends in the middle of a turn is gone on with there, without the mark at its end', () => {
  const origin = [prompt('p1', null), call('c1', 'p1'), call('c2', 'c1'), result('r1', 'c1'), result('r2', 'c2')]
  const session = [prompt('p1', null), call('c1', 'p1'), result('r1', 'c1'), virtual('v', 'r1'), prompt('p3', 'v')]
  expect(read(origin, session, 4)).toEqual({ inForce: ['p1', 'r1', 'p3'], rewinds: 1 })
})

test('a copy of what was never read is read like any other talk', () => {
  const session = [...turns, prompt('p3', 'a2')]
  expect(read([], session, turns.length)).toEqual({ inForce: ['p1', 'a1', 'p2', 'a2', 'p3'], rewinds: 0 })
})
