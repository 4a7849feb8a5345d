// A conversation as one file: a page, Markdown, lines of JSON, or the agent's own record. But for the last, what must not be
// shown is masked as in a share.
import { and, asc, eq, isNull } from 'drizzle-orm'
import type { z } from 'zod'
import { transcriptSources } from '@/db/talk-tables'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { openRawSource } from '@/server/services/sources'
import { renderConversation } from '@/server/share-page/render'
import { makeShareContent, type ShareContent } from './share-content'
import type { exportInput } from './share-inputs'
import type { SharedMessage } from './share-views'

export type ConversationFile = { name: string; body: string | ReadableStream<Uint8Array> }

type Format = Exclude<z.output<typeof exportInput>['format'], 'agent'>

/** @throws AppError `not_found`, `too_large`, and `precondition_failed` for a task without a record of its agent. */
export async function exportConversation(
  ctx: Context,
  asked: z.output<typeof exportInput>,
  signal?: AbortSignal,
): Promise<ConversationFile> {
  const { format, ...choices } = asked
  if (format === 'agent') return agentRecord(ctx, asked.taskId)
  const content = await makeShareContent(ctx, choices, signal)
  const { ending, write } = FORMATS[format]
  return { name: `${fileName(content.title)}.${ending}`, body: write(content, ctx.now()) }
}

const FORMATS: Record<Format, { ending: string; write: (content: ShareContent, now: Date) => string }> = {
  html: { ending: 'html', write: asPage },
  markdown: { ending: 'md', write: asMarkdown },
  jsonl: { ending: 'jsonl', write: asLines },
}

function asPage({ title, note, agent, messages }: ShareContent, now: Date): string {
  const pages = { page: 1, pages: 1 }
  return renderConversation({
    title,
    note,
    agent,
    createdAt: now,
    messages: messages.length,
    ...pages,
    entries: messages,
  })
}

function asLines({ title, note, agent, messages }: ShareContent, now: Date): string {
  const head = { type: 'conversation', version: 1, title, note, agent, messages: messages.length, exportedAt: now }
  const lines = [head, ...messages.map((message) => ({ type: 'message', ...message }))]
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('')
}

function asMarkdown({ title, note, agent, messages }: ShareContent): string {
  const parts = [`# ${title}`, `${messages.length} messages with ${agent}`]
  if (note) parts.push(note.replaceAll(/^/gm, '> '))
  for (const message of messages) {
    parts.push(toMarkdown(message), ...(message.images ?? []).map((address) => `![In the message](${address})`))
  }
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`
}

function toMarkdown({ role, kind, text, toolName, toolInput, toolResult, isError, at }: SharedMessage): string {
  const when = at === null ? '' : ` (${at.slice(0, 16).replace('T', ' ')})`
  if (toolName !== undefined) {
    const parts = [toolInput, toolResult].filter((part) => part !== undefined).map(fence)
    return [`### ${toolName}${isError ? ' (failed)' : ''}`, ...parts].join('\n\n')
  }
  if (role === 'user') return `## ${kind === 'summary' ? 'Summary' : 'Person'}${when}\n\n${text}`
  if (kind === 'thinking') return text.replaceAll(/^/gm, '> ')
  return role === 'assistant' ? `## Agent${when}\n\n${text}` : text && `*${text.replaceAll('\n', ' ')}*`
}

/** A fence that is longer than any inside it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`{3,}/g)].map(([run]) => run.length))
  const ticks = '`'.repeat(longest + 1)
  return `${ticks}\n${text}\n${ticks}`
}

async function agentRecord(ctx: Context, taskId: string): Promise<ConversationFile> {
  const [source] = await ctx.db
    .select({ id: transcriptSources.id, path: transcriptSources.path })
    .from(transcriptSources)
    .where(
      and(
        eq(transcriptSources.ownerId, ctx.actor.ownerId),
        eq(transcriptSources.taskId, taskId),
        isNull(transcriptSources.replacedAt),
      ),
    )
    .orderBy(asc(transcriptSources.createdAt))
    .limit(1)
  if (!source) {
    throw new AppError(
      'precondition_failed',
      'Of this task no record of its agent was imported. Choose another format.',
    )
  }
  const { stream } = await openRawSource(ctx, { id: source.id })
  const name = source.path.split(/[/\\]/).at(-1) ?? 'session.jsonl'
  return { name: name.replaceAll(/[^\w.-]/g, '-'), body: stream }
}

function fileName(title: string): string {
  const plain = title
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
  return plain || 'conversation'
}
