import { describe, expect, test } from 'vitest'
import type { ConversationSlice, MessageView } from '@/server/services/views'
import { estimateHeight, KnownMessages } from './conversation-pages'

const slice = (from: number, count: number, total: number, headVersion = 'a:1'): ConversationSlice => ({
  taskId: 't',
  headVersion,
  totalMessages: total,
  from,
  messages: Array.from({ length: count }, (_, n) => ({ index: from + n, kind: 'text', text: 'x' }) as MessageView),
})

describe('what must be asked for', () => {
  test('only the pages of which something is missing', () => {
    const known = new KnownMessages()
    known.lead(slice(940, 60, 1000))
    expect(known.findMissingPages(950, 999)).toEqual([])
    expect(known.findMissingPages(900, 960)).toEqual([15])
    expect(known.findMissingPages(0, 130)).toEqual([0, 1, 2])
  })
  test('nothing beyond the end', () => {
    const known = new KnownMessages()
    known.lead(slice(0, 5, 5))
    expect(known.findMissingPages(-10, 500)).toEqual([])
  })
})

describe('when the conversation changes', () => {
  test('new messages at the end keep what is known', () => {
    const known = new KnownMessages()
    known.lead(slice(0, 60, 60, 'a:60'))
    known.lead(slice(10, 60, 70, 'a:70'))
    expect(known.get(0)).toBeDefined()
    expect(known.total).toBe(70)
  })
  test('a rewind forgets what no longer holds, and an old answer does not bring it back', () => {
    const known = new KnownMessages()
    const old = slice(60, 60, 120, 'a:120')
    known.lead(slice(0, 60, 120, 'a:120'))
    expect(known.fill(old)).toBe(true)
    known.lead(slice(0, 20, 20, 'a:20'))
    expect(known.get(40)).toBeUndefined()
    expect(known.fill(old)).toBe(false)
    expect(known.get(70)).toBeUndefined()
  })
  test('an answer is taken in once, however often it is offered', () => {
    const known = new KnownMessages()
    known.lead(slice(0, 60, 120))
    const more = slice(60, 60, 120)
    expect([known.fill(more), known.fill(more)]).toEqual([true, false])
  })
})

test('a folded row is low and a long text is bounded', () => {
  expect(estimateHeight({ kind: 'tool', text: null } as MessageView)).toBeLessThan(40)
  expect(estimateHeight({ kind: 'text', text: 'word '.repeat(100_000) } as MessageView)).toBeLessThan(1400)
})
