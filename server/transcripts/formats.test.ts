import { expect, test } from 'vitest'
import { detectFormat } from './formats'

const message = { type: 'user', uuid: 'u', parentUuid: null, sessionId: 's', message: { content: 'hi' } }

test('a Claude Code file is known whatever record it begins with', () => {
  for (const first of [
    { type: 'summary', summary: 'x', leafUuid: 'y' },
    { type: 'file-history-snapshot', messageId: 'm', snapshot: {} },
    { type: 'something-new', sessionId: 's' },
    null,
  ]) {
    expect(detectFormat([first, message])?.agent).toBe('claude-code')
  }
})

test('transcripts of other agents and other JSON are kept out', () => {
  expect(detectFormat([])).toBeNull()
  expect(
    detectFormat([
      { sessionId: 's', messages: [] },
      { type: 'session.start', data: { sessionId: 's' } },
    ]),
  ).toBeNull()
  expect(detectFormat([{ v: 1, agent: 'claude-code', type: 'user', ts: 't', content: [] }])).toBeNull()
})

test('a Codex file is known by any of its records, also the tail of a cut one and a bare one of 2025', () => {
  for (const value of [
    { timestamp: 't', type: 'session_meta', payload: { id: 'x' } },
    { timestamp: 't', type: 'event_msg', payload: { type: 'token_count', info: null } },
    { timestamp: 't', type: 'response_item', payload: { type: 'reasoning', summary: [] } },
    { id: 'x', timestamp: 't', instructions: null },
  ]) {
    expect(detectFormat([{ type: 'unheard-of' }, value])?.agent).toBe('codex')
  }
})
