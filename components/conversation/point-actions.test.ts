import { expect, test } from 'vitest'
import type { CheckpointView } from '@/server/services/views'
import { findCheckpointAt } from './point-actions'

const checkpoint = (number: number, messageIndex: number | null) => ({ number, messageIndex }) as CheckpointView

test('rewinding at a message uses the last checkpoint at or before it', () => {
  const list = [checkpoint(1, 4), checkpoint(2, 10), checkpoint(3, null), checkpoint(4, 30)]
  expect(findCheckpointAt(list, 10)?.number).toBe(2)
  expect(findCheckpointAt(list, 29)?.number).toBe(2)
  expect(findCheckpointAt(list, 3)).toBeNull()
})
