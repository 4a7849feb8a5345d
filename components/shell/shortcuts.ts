/** Every key Makima knows, in the order the help shows them. */
export const SHORTCUTS: { group: string; keys: { keys: string; what: string }[] }[] = [
  {
    group: 'Everywhere',
    keys: [
      { keys: 'g t', what: 'Go to the timeline' },
      { keys: 'g c', what: 'Go to the contracts' },
      { keys: 'g o', what: 'Go to the operations' },
      { keys: 'g s', what: 'Go to the search' },
      { keys: '?', what: 'This list' },
      { keys: 'Esc', what: 'Close what is open' },
    ],
  },
  {
    group: 'Lists',
    keys: [
      { keys: 'j', what: 'Next row' },
      { keys: 'k', what: 'Previous row' },
      { keys: 'o', what: 'Open the row' },
      { keys: '/', what: 'Search or filter' },
    ],
  },
  {
    group: 'Conversation and changes',
    keys: [
      { keys: '[', what: 'Previous checkpoint' },
      { keys: ']', what: 'Next checkpoint' },
      { keys: 'p', what: 'Previous prompt' },
      { keys: 'n', what: 'Next prompt' },
      { keys: 'g g', what: 'To the start' },
      { keys: 'G', what: 'To the end' },
    ],
  },
]
