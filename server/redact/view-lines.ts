// Lines that belong together, joined: wrapped at the edge of a terminal, numbered by a tool that shows files, marked as in a
// diff, continued with a backslash, and strings that a program puts together.
import { type View, ViewBuilder } from './view'

/** How a tool begins a line of a file: a number with its sign, a file and a number, a mark of a diff, of a quote, of a comment. */
const LINE_START =
  /[ \t]{0,12}(?:((?:[\w./-]{1,120}[:-])?\d{1,7}(?:→|[ \t]?[|│:]|\t|[-:](?=[^\s])))[ \t]?|([>|│+#*-]|\/\/)[ \t]?)?[ \t]{0,12}/y
const INDENT = /[ \t]{0,24}/y

const LAST_CHARACTERS = 300
const MOST_LINES = 400
/** The end of a string and the beginning of the next one: put together by a sign, or only by standing in two lines. */
const CONCATENATION =
  /(["'`])[ \t]{0,20}(?:[+.&][ \t]{0,20}(?:\\?\r?\n[ \t]{0,60})?|\\?\r?\n[ \t]{0,60}(?:[+.&][ \t]{0,20})?)[fbr]?\1/g

export function joinedViews(view: View): View[] {
  const views = view.text.includes('\n') ? joinLines(view) : []
  const strings = joinStrings(view)
  return strings ? [...views, ...strings] : views
}

function joinLines(view: View): View[] {
  const { text } = view
  const views: View[] = []
  let lineStart = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', lineStart)) {
    const joint = jointAt(text, lineStart, end)
    if (!joint) {
      lineStart = end + 1
      continue
    }
    const chain = joinFrom(view, lineStart, end, joint)
    views.push(chain.view)
    lineStart = chain.next
  }
  return views
}

/** As many lines as belong together, and where to look on. */
function joinFrom(view: View, lineStart: number, lineEnd: number, first: Joint): { view: View; next: number } {
  const { text } = view
  const builder = new ViewBuilder(view)
  const joints: number[] = []
  let start = Math.max(lineStart, first.end - LAST_CHARACTERS)
  let lineBegin = lineEnd + 1
  let next: Joint | null = first
  let isWeak = false
  let last = lineEnd
  for (let lines = 0; next && !isWeak && lines < MOST_LINES; lines++) {
    builder.copy(start, next.end)
    if (!next.isSure) joints.push(builder.length)
    ;({ next: start, isWeak } = next)
    lineBegin = last + 1
    const end = text.indexOf('\n', lineBegin)
    last = end < 0 ? text.length : end
    next = end < 0 ? null : jointAt(text, lineBegin, end)
  }
  builder.copy(start, Math.min(last, start + LAST_CHARACTERS))
  // After a plain word a secret may as well begin with the new line, which is then looked at as the first one.
  return { view: builder.build(joints), next: isWeak ? lineBegin : Math.min(last + 1, text.length) }
}

/** `isWeak`: the first line ends in a plain word. */
type Joint = { end: number; next: number; isSure: boolean; isWeak: boolean }

/** Whether the line that ends at `lineEnd` goes on in the next one: where it ends, and where that goes on. */
function jointAt(text: string, lineStart: number, lineEnd: number): Joint | null {
  let end = lineEnd
  if (text.charCodeAt(end - 1) === 13) end--
  if (end <= lineStart) return null
  const isContinued = text.charCodeAt(end - 1) === 92
  if (!isContinued && !isToken(text.charCodeAt(end - 1))) return null
  const next = afterMark(text, lineStart, lineEnd + 1)
  if (isContinued) return { end: end - 1, next, isSure: true, isWeak: false }
  if (!isToken(text.charCodeAt(next))) return null
  const [head, tail] = [tokenBefore(text, lineStart, end), tokenAfter(text, next)]
  // The next setting of a file of settings.
  if (/^[A-Za-z_][\w.-]{0,60}=(?!=|$)/.test(tail)) return null
  if (head.length + tail.length < 10 || !(isMixed(tail) || isMixed(head))) return null
  return { end, next, isSure: false, isWeak: /^[A-Za-z]+$/.test(head) }
}

/** Where the words of the next line begin: after the mark that both lines begin with, else after its spaces. */
function afterMark(text: string, lineStart: number, nextStart: number): number {
  LINE_START.lastIndex = lineStart
  const here = LINE_START.exec(text)
  LINE_START.lastIndex = nextStart
  const there = LINE_START.exec(text)
  const isSame = here?.[2] === there?.[2] && (here?.[1] === undefined) === (there?.[1] === undefined)
  if (isSame && there) return nextStart + there[0].length
  INDENT.lastIndex = nextStart
  return nextStart + (INDENT.exec(text)?.[0].length ?? 0)
}

function tokenBefore(text: string, start: number, end: number): string {
  let at = end
  while (at > start && end - at < LAST_CHARACTERS && isToken(text.charCodeAt(at - 1))) at--
  return text.slice(at, end)
}

function tokenAfter(text: string, start: number): string {
  let at = start
  while (at < text.length && at - start < LAST_CHARACTERS && isToken(text.charCodeAt(at))) at++
  return text.slice(start, at)
}

function joinStrings(view: View): View[] | null {
  const { text } = view
  const views: View[] = []
  CONCATENATION.lastIndex = 0
  let builder: ViewBuilder | null = null
  let done = 0
  for (let match = CONCATENATION.exec(text); match !== null; match = CONCATENATION.exec(text)) {
    // Far from the one before: what was joined so far is a view of its own.
    if (builder && match.index - done > LAST_CHARACTERS) {
      builder.copy(done, done + LAST_CHARACTERS)
      views.push(builder.build())
      builder = null
    }
    const start: number = builder ? done : Math.max(done, match.index - LAST_CHARACTERS)
    builder ??= new ViewBuilder(view)
    builder.copy(start, match.index)
    done = match.index + match[0].length
  }
  if (builder) {
    builder.copy(done, Math.min(text.length, done + LAST_CHARACTERS))
    views.push(builder.build())
  }
  return views.length > 0 ? views : null
}

/** Letters, digits and the signs of base64, tokens and addresses. */
const isToken = (code: number) =>
  (code >= 48 && code <= 57) ||
  (code >= 65 && code <= 90) ||
  (code >= 97 && code <= 122) ||
  code === 45 ||
  code === 95 ||
  code === 43 ||
  code === 47 ||
  code === 61 ||
  code === 46 ||
  code === 126

/** Looks made by a machine: letters with digits between them, or small and capital letters in no order of words. */
export function isMixed(word: string): boolean {
  return /\d/.test(word)
    ? /[A-Za-z]/.test(word) || word.length > 5
    : /[a-z][A-Z]{2}[a-z]|[A-Z][a-z][A-Z]|[a-z][A-Z][A-Z]/.test(word)
}
