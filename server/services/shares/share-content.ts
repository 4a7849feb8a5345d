// Makes what a reader will see: the messages that are shared, without what is left out, with everything masked that is not
// kept on purpose. The same for the preview and for the share itself.
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import type { Part } from '@/server/redact/redact'
import { redactInThread } from './redact-thread'
import { readTranscript, transcriptInput, type TranscriptMessage } from '@/server/services/conversation-transcript'
import { getTask } from '@/server/services/tasks'
import { readImages } from '@/server/services/conversation-images'
import type { Image } from '@/server/services/conversation-whole'
import { describeCall } from '@/server/agents/tool-acts'
import { AGENT_NAMES } from '@/server/transcripts/agents'
import type { SharePreviewInput } from './share-inputs'
import type { FindingView, SharedMessage } from './share-views'

type Asked = Omit<SharePreviewInput, 'page'>

export type ShareContent = {
  title: string
  note: string | null
  agent: string
  contractId: string
  messages: SharedMessage[]
  findings: FindingView[]
  /** How many more there are than are listed. */
  moreFindings: number
  /** How many findings are masked. */
  masked: number
}

/** Beyond this a page would be nothing that anybody reads, and the scan would take long. */
const MOST_CHARACTERS = 120_000_000
/** Base64 of one image. */
const IMAGE_CHARACTERS = 3_000_000

/**
 * `signal`: aborted when who asked is gone.
 * @throws AppError `not_found`, `too_large`; any fault of the scan, for then nothing may be shown.
 */
export async function makeShareContent(ctx: Context, asked: Asked, signal?: AbortSignal): Promise<ShareContent> {
  const task = await getTask(ctx, { id: asked.taskId })
  const messages = await collect(ctx, asked, signal)
  const parts = [{ text: asked.title ?? task.name }, { text: asked.note ?? '' }, ...messages.flatMap(partsOf)]
  const { texts, findings, masked: maskedCount, more } = await redactInThread(parts, asked, signal)
  const [title = '', note = '', ...rest] = texts
  const masked = rest.values()
  return {
    title,
    note: note || null,
    agent: AGENT_NAMES[task.agent as keyof typeof AGENT_NAMES] ?? task.agent,
    contractId: task.contractId,
    messages: messages.map(({ shared }) => maskMessage(shared, masked)),
    findings,
    moreFindings: more,
    masked: maskedCount,
  }
}

async function collect(ctx: Context, asked: Asked, signal?: AbortSignal): Promise<Collected[]> {
  const messages: Collected[] = []
  let characters = 0
  for (let cursor: string | null = null; ; ) {
    signal?.throwIfAborted()
    const page = await readTranscript(ctx, transcriptInput.parse({ taskId: asked.taskId, limit: 1_000, cursor }))
    const last = page.messages.findIndex(({ id }) => id === asked.toMessageId)
    const wanted = last < 0 ? page.messages : page.messages.slice(0, last + 1)
    const images = asked.includeImages
      ? await readImages(
          ctx,
          wanted.map(({ id }) => id),
        )
      : null
    for (const message of wanted) {
      const shared = toShared(message, asked)
      if (!shared) continue
      const pictures = addressesOf(images?.get(message.id) ?? [])
      if (pictures.length > 0) shared.images = pictures
      characters += [...textsOf(shared), ...pictures].reduce((sum, text) => sum + text.length, 0)
      messages.push({ shared, input: message.toolInput })
    }
    if (last >= 0) return messages
    if (characters > MOST_CHARACTERS) {
      throw new AppError(
        'too_large',
        'This conversation is too long to be shared as a whole. Share up to an earlier message, or leave out what tools answered.',
      )
    }
    cursor = page.cursor
    if (cursor === null) break
  }
  if (asked.toMessageId) throw new AppError('not_found', 'There is no such message in the conversation in force.')
  return messages
}

function toShared(message: TranscriptMessage, asked: Asked): SharedMessage | null {
  if (message.kind === 'thinking' && !asked.includeThinking) return null
  if (message.kind === 'unknown') return null
  const { role, kind, content, toolName, toolResult, isError, timestamp } = message
  const path = toolName && !asked.includeDiffs ? changedFile(toolName, message.toolInput) : null
  const toolInput = path === null ? message.toolInput : { file_path: path }
  return {
    role: role as SharedMessage['role'],
    kind,
    text: content,
    ...(toolName && { toolName }),
    ...(toolName && asked.includeToolInput && { toolInput: asText(toolInput) }),
    ...(toolResult && asked.includeToolOutput && path === null && { toolResult }),
    ...(isError && { isError }),
    at: timestamp?.toISOString() ?? null,
  }
}

/** The file that a call wrote into; null for a call that wrote into none. A patch names its files only inside. */
function changedFile(name: string, input: unknown): string | null {
  const act = describeCall(name, input)
  if (act.type === 'write' || act.type === 'edit') return act.path
  return act.type === 'patch'
    ? [...act.patch.matchAll(/^\*\*\* \w+ File: (.+)$/gm)].map(([, file]) => file).join(', ')
    : null
}

/** A picture that is too large for a page is left out. */
const addressesOf = (images: Image[]): string[] =>
  images
    .filter(({ data }) => data.length <= IMAGE_CHARACTERS)
    .map(({ mediaType, data }) => `data:${mediaType};base64,${data.replaceAll(/\s/g, '')}`)

function asText(input: unknown): string {
  return typeof input === 'string' ? input : (JSON.stringify(input, null, 2) ?? '')
}

/** A message that is shared, not yet masked, and the input of its tool as it came. */
type Collected = { shared: SharedMessage; input: unknown }

const FIELDS = ['text', 'toolName', 'toolInput', 'toolResult'] as const

const textsOf = (shared: SharedMessage): string[] =>
  FIELDS.map((field) => shared[field]).filter((one) => one !== undefined)

/** In the order of the fields. */
function partsOf({ shared, input }: Collected): Part[] {
  const act = shared.toolName === undefined ? null : describeCall(shared.toolName, input)
  const asked = act?.type === 'shell' ? act.command : undefined
  return FIELDS.flatMap((field): Part[] => {
    const text = shared[field]
    if (text === undefined) return []
    if (field === 'toolInput') return [{ text, isJson: true }]
    return [field === 'toolResult' && asked !== undefined ? { text, asked } : { text }]
  })
}

/** Takes as many texts as the message has. */
function maskMessage(message: SharedMessage, masked: Iterator<string>): SharedMessage {
  const texts: Partial<Record<(typeof FIELDS)[number], string>> = {}
  for (const field of FIELDS) {
    if (message[field] === undefined) continue
    const { done, value } = masked.next()
    if (done) throw new Error('a text was not masked')
    texts[field] = value
  }
  return { ...message, ...texts }
}
