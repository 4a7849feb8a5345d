// A shared conversation as one page of HTML: no script, nothing loaded, and no way from it to anything else.
import type { SharedConversation, SharedMessage } from '@/server/services/shares/share-views'
import { withoutTerminalSigns as plain } from '@/server/redact/terminal-signs'
import { escape, escapeAttribute, escapeProse, toHtml } from './markdown'
import { STYLE, STYLE_HASH } from './style'

const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${STYLE_HASH}'`,
  // Images of a conversation lie in the page itself; none is loaded from anywhere.
  'img-src data:',
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** What every answer to a reader carries. */
export const SHARE_HEADERS: Record<string, string> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-robots-tag': 'noindex, nofollow, noarchive',
  // The address is the key; no other site may learn it.
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'private, no-store',
  'cross-origin-resource-policy': 'same-origin',
}

export function renderConversation(conversation: SharedConversation): string {
  const { title, note, agent, createdAt, messages, page, pages, entries } = conversation
  const about = `${messages} ${messages === 1 ? 'message' : 'messages'} with ${agent}, shared on ${day(createdAt)}${pages > 1 ? `, page ${page} of ${pages}` : ''}`
  const links = [
    page > 1 ? `<a rel="prev" href="?page=${page - 1}">Earlier messages</a>` : '<span></span>',
    page < pages ? `<a rel="next" href="?page=${page + 1}">Later messages</a>` : '',
  ]
  return document(
    title,
    note ?? about,
    `<h1>${escapeProse(title)}</h1><p class="about">${escape(about)}</p>
${note && page === 1 ? `<p class="note">${escapeProse(note)}</p>` : ''}
${entries.map((message) => renderMessage(message) + renderImages(message)).join('\n')}
${pages > 1 ? `<nav aria-label="Pages">${links.join('')}</nav>` : ''}`,
  )
}

/** Asks for the password; says nothing about what lies behind it, not even what it is called. */
export function renderPassword(problem: string | null): string {
  return document(
    'A shared conversation',
    'It needs a password.',
    `<h1>A shared conversation</h1><p>It is protected by a password. Whoever sent you the link knows it.</p>
${problem ? `<p role="alert">${escape(problem)}</p>` : ''}
<form method="post"><label for="password">Password</label><input id="password" name="password" type="password" required autofocus autocomplete="off"><button>Open it</button></form>`,
  )
}

export function renderProblem(title: string, detail: string): string {
  return document(title, detail, `<h1>${escapeProse(title)}</h1><p>${escape(detail)}</p>`)
}

function document(title: string, description: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeAttribute(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex, nofollow">
<meta name="description" content="${escapeAttribute(description.slice(0, 200))}"><meta property="og:type" content="article">
<meta property="og:title" content="${escapeAttribute(title)}"><meta property="og:description" content="${escapeAttribute(description.slice(0, 200))}">
<style>${STYLE}</style></head><body><main>${body}</main></body></html>
`
}

function renderMessage(message: SharedMessage): string {
  const { role, kind, text, at } = message
  const when = at === null ? '' : `<span class="when">${escape(at.slice(0, 16).replace('T', ' '))}</span>`
  if (message.toolName !== undefined) return renderTool(message)
  if (kind === 'thinking')
    return `<article class="thinking"><details><summary>Thought</summary>${toHtml(plain(text))}</details></article>`
  if (role === 'user') {
    return `<article class="user">${when}${kind === 'summary' ? `<details><summary>Summary of what was said before</summary>${toHtml(plain(text))}</details>` : `<p>${escapeProse(plain(text))}</p>`}</article>`
  }
  if (role === 'assistant') return `<article class="assistant">${toHtml(plain(text))}</article>`
  return text === '' ? '' : `<article class="system">${escapeProse(plain(text))}</article>`
}

function renderImages({ images = [] }: SharedMessage): string {
  return images.map((address) => `<p><img alt="In the message" src="${escapeAttribute(address)}"></p>`).join('')
}

function renderTool({ toolName = '', toolInput, toolResult, isError }: SharedMessage): string {
  const object = toolInput === undefined ? '' : firstWords(toolInput)
  const parts = [
    toolInput === undefined ? '' : `<pre>${escape(plain(toolInput))}</pre>`,
    toolResult === undefined ? '' : `<pre>${escape(plain(toolResult))}</pre>`,
  ].join('')
  const head = `<b>${escape(toolName)}</b> <code>${escape(object)}</code>${isError ? ' failed' : ''}`
  return `<article${isError ? ' class="failed"' : ''}><details><summary>${head}</summary>${parts || '<p class="about">Left out.</p>'}</details></article>`
}

/** What a call is about, in its line: the command or the file. */
function firstWords(input: string): string {
  const [, value] =
    /"(?:command|cmd|file_path|path|filePath|pattern|query|url|description)":\s*"((?:[^"\\]|\\.){1,160})/.exec(input) ??
    []
  try {
    return JSON.parse(`"${value ?? ''}"`).replaceAll('\n', ' ') as string
  } catch {
    // Cut in the middle of a sign that JSON escapes.
    return value ?? ''
  }
}

const day = (at: Date): string => at.toISOString().slice(0, 10)
