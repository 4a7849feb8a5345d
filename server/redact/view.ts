// A text in another spelling, with where each of its characters stands in the text it was made of. Secrets are looked for in
// such views; what is masked are the characters of the text itself.

/** `from[i]` and `to[i]`: the range that character `i` stands for; null where the view is a piece of the text as it is. */
export type View = {
  text: string
  from: Int32Array | null
  to: Int32Array | null
  /** Where the view begins, when `from` is null. */
  offset: number
  /** Where lines were joined that may not belong together: positions in `text`, ascending. */
  joints?: number[]
}

export const wholeOf = (text: string): View => ({ text, from: null, to: null, offset: 0 })

export const startIn = (view: View, at: number): number => (view.from ? (view.from[at] as number) : view.offset + at)

/** The end, of which `end - 1` is the last character. */
export const endIn = (view: View, end: number): number => (view.to ? (view.to[end - 1] as number) : view.offset + end)

export function sliceOf(view: View, start: number, end: number): View {
  return {
    text: view.text.slice(start, end),
    from: view.from && view.from.subarray(start, end),
    to: view.to && view.to.subarray(start, end),
    offset: view.offset + start,
  }
}

/** Collects the characters of a view, each with the range that it stands for. */
export class ViewBuilder {
  readonly #view: View
  readonly #from: number[] = []
  readonly #to: number[] = []
  #text = ''

  constructor(view: View) {
    this.#view = view
  }

  get length(): number {
    return this.#from.length
  }

  /** Characters of the view as they are. */
  copy(start: number, end: number): void {
    this.#text += this.#view.text.slice(start, end)
    for (let at = start; at < end; at++) {
      this.#from.push(startIn(this.#view, at))
      this.#to.push(endIn(this.#view, at + 1))
    }
  }

  /** Other characters in the place of `start` to `end`. */
  put(text: string, start: number, end: number): void {
    this.#text += text
    for (let n = 0; n < text.length; n++) {
      this.#from.push(startIn(this.#view, start))
      this.#to.push(endIn(this.#view, end))
    }
  }

  build(joints?: number[]): View {
    const view: View = { text: this.#text, from: Int32Array.from(this.#from), to: Int32Array.from(this.#to), offset: 0 }
    return joints && joints.length > 0 ? { ...view, joints } : view
  }
}

/** The view with every match replaced; null when nothing was. `replacement` null leaves a match as it is. */
export function rewrite(
  view: View,
  pattern: RegExp,
  replacement: (match: RegExpExecArray) => string | null,
): View | null {
  let builder: ViewBuilder | null = null
  let done = 0
  pattern.lastIndex = 0
  for (let match = pattern.exec(view.text); match !== null; match = pattern.exec(view.text)) {
    const text = replacement(match)
    if (text === null) continue
    builder ??= new ViewBuilder(view)
    builder.copy(done, match.index)
    done = match.index + match[0].length
    builder.put(text, match.index, done)
  }
  if (!builder) return null
  builder.copy(done, view.text.length)
  return builder.build()
}
