import { expect, test } from 'vitest'
import type { EventView } from '@/server/services/views'
import { hasFilters, matchesFilters, toHistoryInput } from './event-filters'

const none = { phase: null, type: null, agent: null, repository: null, from: null, to: null }
const event = {
  eventType: 'task.created',
  phase: 'plan',
  agent: 'claude-code',
  repositoryId: 'r',
  createdAt: new Date(1000),
} as EventView

test('no filter asks for everything and lets every event in', () => {
  expect(toHistoryInput(none)).toEqual({})
  expect(hasFilters(none)).toBe(false)
  expect(matchesFilters(event, none)).toBe(true)
})

test('a live event is let in only when it fits each filter', () => {
  expect(matchesFilters(event, { ...none, phase: ['plan'], agent: ['claude-code'], type: ['task.created'] })).toBe(true)
  expect(matchesFilters(event, { ...none, phase: ['review'] })).toBe(false)
  expect(matchesFilters(event, { ...none, repository: 'other' })).toBe(false)
  expect(matchesFilters(event, { ...none, from: new Date(2000) })).toBe(false)
  expect(matchesFilters(event, { ...none, to: new Date(1000) })).toBe(false)
})
