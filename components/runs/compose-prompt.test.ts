import { describe, expect, test } from 'vitest'
import { composePrompt } from './compose-prompt'

const view = {
  tried: 'This was tried.',
  corrections: [
    { messageId: 'a', text: 'Use tabs.' },
    { messageId: 'b', text: 'No.' },
  ],
}

describe('what an agent is told', () => {
  test('is the text alone while nothing is carried over', () => {
    expect(composePrompt(' Go on. ', view, { withTried: false, chosen: new Set() })).toBe('Go on.')
  })

  test('holds the corrections that were chosen and the note on what was tried', () => {
    expect(composePrompt('Go on.', view, { withTried: true, chosen: new Set(['a']) })).toBe(
      'Go on.\n\nWhat I said before and still stands:\n- Use tabs.\n\nThis was tried.',
    )
  })
})
