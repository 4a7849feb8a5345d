// Words that are encoded as in addresses (%2Fhome%2Fada), decoded.
import { rewrite, sliceOf, type View } from './view'

const CODE = /%([0-9a-f]{2})/gi
const MOST_CHARACTERS = 100_000

/** One view for each word with codes in it; again for what was encoded twice. */
export function percentViews(view: View, depth: number): View[] {
  const views: View[] = []
  const { text } = view
  let done = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', Math.max(at + 1, done))) {
    if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) continue
    let start = at
    while (start > done && isPart(text.charCodeAt(start - 1))) start--
    let end = at + 3
    while (end < text.length && end - start < MOST_CHARACTERS && isPart(text.charCodeAt(end))) end++
    done = end
    const decoded = rewrite(sliceOf(view, start, end), CODE, ([, hex]) => {
      const code = Number.parseInt(hex as string, 16)
      return code >= 32 && code < 127 ? String.fromCharCode(code) : code === 10 ? '\n' : null
    })
    if (!decoded) continue
    views.push(decoded)
    if (depth > 1 && decoded.text.includes('%')) views.push(...percentViews(decoded, depth - 1))
  }
  return views
}

const isHex = (code: number) => (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)

/** Neither a space nor a quote nor a bracket. */
const isPart = (code: number) =>
  code > 32 && code < 127 && code !== 34 && code !== 39 && code !== 60 && code !== 62 && code !== 96
