import { PAGE } from './conversation-pages'

/** Where a conversation opens: at its end, its start, or around a position. */
export type StartPlace = 'end' | 'start' | number

/** The slice that is read first; the page asks for it too, so that it comes with the document. */
export function firstSliceInput(taskId: string, start: StartPlace) {
  if (start === 'end') return { taskId, from: -PAGE, limit: PAGE }
  return { taskId, from: start === 'start' ? 0 : Math.max(0, start - PAGE / 3), limit: PAGE }
}
