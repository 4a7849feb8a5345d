// The content of Claude Code messages as text: strings, blocks, images, and the tags that commands are wrapped in.

type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function asString(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

export function asNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The blocks of a message; a string is one text block. */
export function blocksOf(content: unknown): JsonObject[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.filter(isObject) : []
}

/** The text of the first text block, null when there is none. */
export function firstText(content: unknown): string | null {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return null
  for (const block of content) if (isObject(block) && block.type === 'text') return asString(block.text) ?? ''
  return null
}

export function hasToolResult(content: unknown): boolean {
  return Array.isArray(content) && content.some((block) => isObject(block) && block.type === 'tool_result')
}

/** Text and images of a content, joined by newlines; `leftOut` says that bytes of images are only in the source. */
export function contentText(content: unknown): { text: string; leftOut: boolean } {
  if (typeof content === 'string') return { text: content, leftOut: false }
  let leftOut = false
  const parts: string[] = []
  for (const block of blocksOf(content)) {
    if (block.type === 'text') parts.push(asString(block.text) ?? '')
    else if (block.type === 'image' || block.type === 'document') {
      leftOut = true
      parts.push(describeMedia(block))
    } else if (block.type === 'tool_reference') parts.push(`[tool ${asString(block.tool_name) ?? ''}]`)
    else {
      leftOut = true
      parts.push(`[${asString(block.type) ?? 'unknown block'}]`)
    }
  }
  return { text: parts.join('\n'), leftOut }
}

/** `[image image/png, 345 kB]`: what stands in a row for bytes that stay in the source. */
function describeMedia(block: JsonObject): string {
  const source = isObject(block.source) ? block.source : {}
  const media = asString(source.media_type) ?? asString(source.url) ?? 'of unknown type'
  const data = asString(source.data)
  const size = data === null ? '' : `, ${Math.max(1, Math.round((data.length * 3) / 4 / 1000))} kB`
  return `[${block.type === 'image' ? 'image' : 'document'} ${media}${size}]`
}

/** What stands between `<tag>` and `</tag>`; null when the tag is absent. */
export function tagText(text: string, tag: string): string | null {
  const open = text.indexOf(`<${tag}>`)
  if (open < 0) return null
  const start = open + tag.length + 2
  const close = text.indexOf(`</${tag}>`, start)
  return text.slice(start, close < 0 ? text.length : close)
}

export type HumanText = {
  kind: 'prompt' | 'command' | 'notice' | 'hidden'
  subtype: string | null
  text: string
}

/**
 * What a text in a user record is: words of a person, a command a person typed, or a mark of the program.
 * Only the beginning decides, so a prompt may quote any of the tags.
 */
export function classifyUserText(text: string): HumanText {
  const first = text.charCodeAt(0)
  if (first === 0x5b && text.startsWith('[Request interrupted by user')) {
    return { kind: 'notice', subtype: 'interrupt', text }
  }
  if (first !== 0x3c) return { kind: 'prompt', subtype: null, text }
  if (text.startsWith('<command-name>') || text.startsWith('<command-message>')) {
    const name = (tagText(text, 'command-name') ?? tagText(text, 'command-message') ?? '').trim()
    const args = (tagText(text, 'command-args') ?? '').trim()
    const command = name.startsWith('/') ? name : `/${name}`
    return { kind: 'command', subtype: 'slash', text: args === '' ? command : `${command} ${args}` }
  }
  if (text.startsWith('<bash-input>')) {
    return { kind: 'command', subtype: 'shell', text: `! ${(tagText(text, 'bash-input') ?? '').trim()}` }
  }
  if (text.startsWith('<bash-stdout>') || text.startsWith('<bash-stderr>')) {
    return output('shell_output', tagText(text, 'bash-stdout'), tagText(text, 'bash-stderr'))
  }
  if (text.startsWith('<local-command-std')) {
    return output('command_output', tagText(text, 'local-command-stdout'), tagText(text, 'local-command-stderr'))
  }
  if (text.startsWith('<local-command-caveat>')) return { kind: 'hidden', subtype: null, text: '' }
  if (text.startsWith('<task-notification>')) {
    const summary = tagText(text, 'summary')?.trim()
    return { kind: 'notice', subtype: 'task_notification', text: summary || text }
  }
  return { kind: 'prompt', subtype: null, text }
}

function output(subtype: string, stdout: string | null, stderr: string | null): HumanText {
  const text = [stdout, stderr].filter((part) => part !== null && part.trim() !== '').join('\n')
  return text === '' ? { kind: 'hidden', subtype: null, text } : { kind: 'notice', subtype, text }
}
