// Words that a person chose by what they read: without the marks of Markdown, and with one space wherever there are more.
import { rewrite, type View } from './view'

const MARKS = /\*{1,3}|`+|~~|\[(?=[^\]\n]{0,400}\]\([^)\n]{0,2000}\))|\]\([^)\n]{0,2000}\)|\s+/g

export const readable = (text: string): string => readableView({ text, from: null, to: null, offset: 0 }).text.trim()

/** The view as it reads. */
export function readableView(view: View): View {
  return rewrite(view, MARKS, ([mark]) => (/\s/.test(mark.charAt(0)) ? (mark === ' ' ? null : ' ') : '')) ?? view
}
