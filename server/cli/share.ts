// Share links from the terminal. What was found in the conversation is shown before anybody else can see it.
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import pc from 'picocolors'
import { AppError } from '@/server/errors'
import type { MadeShare, SharePreview, ShareView } from '@/server/services/shares/share-views'
import { withQuery } from './history'
import { addressOf, call, request } from './http'
import { moment, type OutputOptions, print, say, table, wantsJson } from './output'
import { ask, type DangerOptions } from './plan'

type ShareOptions = DangerOptions & {
  title?: string
  note?: string
  toMessage?: string
  mask?: string[]
  keep?: string[]
  show?: string[]
  thinking?: boolean
  toolInput: boolean
  toolOutput: boolean
  diffs: boolean
  images?: boolean
  days?: number
  password?: string
}

export async function share(taskId: string, options: ShareOptions): Promise<void> {
  const address = addressOf(options)
  const body = {
    taskId,
    title: options.title,
    note: options.note,
    toMessageId: options.toMessage,
    mask: options.mask,
    keep: options.keep,
    show: options.show,
    includeThinking: options.thinking,
    includeToolInput: options.toolInput,
    includeToolOutput: options.toolOutput,
    includeDiffs: options.diffs,
    includeImages: options.images,
  }
  if (!options.yes || options.dryRun) {
    const preview = await call<SharePreview>(address, 'POST', '/shares/preview', body)
    if (options.dryRun && wantsJson(options)) return print(preview)
    if (!options.dryRun && (!process.stdin.isTTY || !process.stdout.isTTY)) {
      throw new AppError(
        'forbidden',
        'Nothing was shared: say --yes to share without being asked, or --dry-run to look first.',
      )
    }
    showFindings(preview)
    if (options.dryRun || !(await ask(`Share ${preview.messages} messages of “${preview.title}”`))) return
  }
  const asked = { ...body, expiresInDays: options.days, password: options.password }
  const made = await call<MadeShare>(address, 'POST', '/shares', asked)
  const url = made.url ?? `${address.url}${made.path}`
  if (wantsJson(options)) return print({ ...made, url })
  say(url)
  say(pc.dim(`The link is told this once. Take it back with: makima unshare ${made.id}`))
}

/** Writes the conversation to a file, or to the output. */
export async function exportTalk(
  taskId: string,
  options: Pick<
    ShareOptions,
    'home' | 'toMessage' | 'mask' | 'show' | 'thinking' | 'toolInput' | 'toolOutput' | 'diffs' | 'images'
  > & {
    format: string
    out?: string
  },
): Promise<void> {
  const answer = await request(addressOf(options), 'POST', `/mesh/tasks/${encodeURIComponent(taskId)}/export`, {
    format: options.format,
    toMessageId: options.toMessage,
    mask: options.mask,
    show: options.show,
    includeThinking: options.thinking,
    includeToolInput: options.toolInput,
    includeToolOutput: options.toolOutput,
    includeDiffs: options.diffs,
    includeImages: options.images,
  })
  if (!answer.body) return
  const target = options.out ? createWriteStream(options.out) : process.stdout
  await pipeline(Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]), target, {
    end: target !== process.stdout,
  })
}

function showFindings({ findings, messages, pages }: SharePreview): void {
  say(`${messages} messages on ${pages} ${pages === 1 ? 'page' : 'pages'}.`)
  const rows = findings.map((one) => [
    one.masked ? pc.green('masked') : pc.red('shown'),
    one.kind,
    one.sample,
    `${one.count} ×`,
    one.id,
  ])
  table(['', 'Found', 'Begins with', 'Stands', 'Id'], rows, 'Nothing was found that should be masked.')
}

export async function shares(options: OutputOptions & { limit?: number; cursor?: string }): Promise<void> {
  const path = withQuery('/shares', { limit: options.limit?.toString(), cursor: options.cursor })
  type Row = Omit<ShareView, 'createdAt' | 'expiresAt'> & { createdAt: string; expiresAt: string | null }
  const page = await call<{ shares: Row[]; cursor: string | null }>(addressOf(options), 'GET', path)
  if (wantsJson(options)) return print(page)
  const rows = page.shares.map((one) => [
    moment(one.createdAt),
    one.state,
    one.title,
    `${one.views} views`,
    one.expiresAt ? `until ${moment(one.expiresAt)}` : '',
    one.id,
  ])
  table(['When', 'State', 'Title', '', '', 'Id'], rows, 'Nothing was shared yet.')
}

export async function unshare(id: string, options: OutputOptions): Promise<void> {
  const path = `/shares/${encodeURIComponent(id)}`
  const revoked = await call<ShareView>(addressOf(options), 'DELETE', path)
  if (wantsJson(options)) return print(revoked)
  say(`“${revoked.title}” is no longer shared.`)
}
