import { expect, test } from 'vitest'
import type { EventView } from '@/server/services/views'
import { describeEvent } from './event-sentence'

const event = (eventType: string, eventData: Record<string, unknown>): EventView => ({
  id: 'e',
  eventType,
  eventSubtype: null,
  phase: null,
  agent: null,
  contractId: 'c',
  contractName: 'A contract',
  taskId: 't',
  taskName: 'A task',
  repositoryId: null,
  eventData,
  createdAt: new Date(0),
})

test('a prompt leads to the very message', () => {
  const told = describeEvent(event('message.received', { messageId: 'm', text: 'Please fix\nthe build' }))
  expect(told).toMatchObject({ lead: 'Prompt', text: 'Please fix', href: '/tasks/t?message=m', tone: 'prompt' })
})

test('a checkpoint shows its lines and leads to its changes', () => {
  const told = describeEvent(
    event('checkpoint.created', {
      checkpointId: 'k',
      number: 3,
      kind: 'commit',
      message: 'fix: x',
      additions: 2,
      deletions: 1,
    }),
  )
  expect(told).toMatchObject({ lead: 'Checkpoint 3', href: '/checkpoints/k', change: { additions: 2, deletions: 1 } })
})

test('going on from an earlier message is no rewind by the agent', () => {
  const rewound = event('conversation.rewound', { messageId: 'm' })
  expect(describeEvent(rewound).lead).toBe('Rewound by the agent')
  expect(describeEvent({ ...rewound, eventSubtype: 'went_on' }).lead).toBe('Went on from an earlier message')
})

test('a kind from a newer version is still shown, by its name', () => {
  expect(describeEvent(event('moon.risen', {}))).toMatchObject({ lead: 'moon.risen', href: '/tasks/t' })
})
