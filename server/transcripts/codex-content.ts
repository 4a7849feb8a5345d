// What Codex's records hold, as text: contents of several parts, outputs of tools, and the tags the program wraps its own
// words in.

import { asString, isObject } from './claude-code-content'

type JsonObject = Record<string, unknown>

export type PartsText = { text: string; leftOut: boolean }

/** Texts and what stands for images, joined by newlines; `leftOut` says that bytes of images are only in the source. */
export function partsText(content: unknown): PartsText {
  if (typeof content === 'string') return { text: content, leftOut: false }
  if (!Array.isArray(content)) return { text: '', leftOut: false }
  let leftOut = false
  const texts: string[] = []
  for (const part of content.filter(isObject)) {
    const type = asString(part.type) ?? ''
    if (/image/i.test(type)) {
      leftOut = true
      texts.push('[image]')
    } else if (typeof part.text === 'string') texts.push(part.text)
    else leftOut = true
  }
  return { text: texts.filter((text) => !isImageTag(text)).join('\n'), leftOut }
}

/** The tags that the program writes around an image. */
function isImageTag(text: string): boolean {
  return /^<image(?: name=[^\n]{0,200})?>$|^<\/image>$/.test(text)
}

/** A tool's output: plain text, a JSON text with the output inside, or parts. */
export function outputText(output: unknown): PartsText {
  if (isObject(output)) return partsText(output.content ?? output.output)
  if (typeof output !== 'string') return partsText(output)
  const inner = parseObject(output)
  const text = inner === null ? null : asString(inner.output)
  return { text: text ?? output, leftOut: false }
}

const OUTPUT_BEGINS = /^Output:$/m

/** The exit code that a tool's output states; null when it states none. */
export function exitCodeOf(output: unknown): number | null {
  if (typeof output === 'string' && output.startsWith('{')) {
    const metadata = parseObject(output)?.metadata
    if (isObject(metadata) && typeof metadata.exit_code === 'number') return metadata.exit_code
  }
  const { text } = partsText(output)
  // What the command itself printed may hold the same words.
  const begin = text.search(OUTPUT_BEGINS)
  const head = begin < 0 ? text.slice(0, 2_000) : text.slice(0, begin)
  const match = /^(?:Process exited with code|Exit code:) (-?\d+)/m.exec(head)
  return match === null ? null : Number(match[1])
}

/** Words of the program in the place of the user: which they are; null for words of a person. */
export function injectedKind(text: string): string | null {
  const start = text.trimStart()
  if (start.startsWith('# AGENTS.md instructions')) return 'instructions'
  const tag = /^<([a-z][a-z_-]{0,40})[\s>#]/i.exec(start)?.[1]?.toLowerCase()
  if (tag === undefined) return null
  if (tag === 'user_instructions') return 'instructions'
  return start.includes(`</${tag}>`) ? tag.replaceAll('-', '_') : null
}

/** A JSON text's object; null when it is none. */
export function parseObject(text: unknown): JsonObject | null {
  if (typeof text !== 'string' || !text.trimStart().startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

/** Milliseconds since 1970 in a version 7 UUID; null for other ids. */
export function timeOfId(id: unknown): number | null {
  const match = typeof id === 'string' ? /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-/.exec(id) : null
  return match === null ? null : Number.parseInt(`${match[1]}${match[2]}`, 16)
}

/** Milliseconds of `{secs, nanos}` or a number of milliseconds; null for anything else. */
export function millisOf(duration: unknown): number | null {
  if (typeof duration === 'number' && duration >= 0) return Math.round(duration)
  if (!isObject(duration) || typeof duration.secs !== 'number') return null
  const nanos = typeof duration.nanos === 'number' ? duration.nanos : 0
  return Math.round(duration.secs * 1000 + nanos / 1e6)
}
