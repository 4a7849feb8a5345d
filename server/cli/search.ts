// `makima search`: where words were said.
import pc from 'picocolors'
import type { SearchHit } from '@/server/services/views'
import { addressOf, call } from './http'
import { harmless, moment, type OutputOptions, print, say, shorten, wantsJson } from './output'
import { withQuery } from './history'

export type SearchOptions = OutputOptions & {
  limit?: number
  cursor?: string
  contract?: string
  task?: string
  from?: string
  to?: string
}
type Page = { hits: (Omit<SearchHit, 'timestamp'> & { timestamp: string | null })[]; cursor: string | null }

export async function search(words: string[], options: SearchOptions): Promise<void> {
  // A word with a space came in quotes: those stand side by side.
  const q = words.map((word) => (words.length > 1 && /\s/.test(word) ? `"${word}"` : word)).join(' ')
  const { contract: contractId, task: taskId, from, to, cursor } = options
  const query = { q, contractId, taskId, from, to, cursor, limit: String(options.limit ?? 20) }
  const page = await call<Page>(addressOf(options), 'GET', withQuery('/search', query))
  if (wantsJson(options)) return print(page)
  if (page.hits.length === 0) return say('Nothing was found. Try fewer words, or the beginning of one.')
  for (const { snippet, matches, taskName, taskId: id, toolName, role, timestamp, messageId } of page.hits) {
    say(
      `${pc.dim(moment(timestamp))}  ${shorten(taskName, 60)} ${pc.dim(`${toolName ?? role} · task ${id} · message ${messageId}`)}`,
    )
    say(`  ${mark(snippet, matches)}`)
  }
  if (page.cursor !== null) say(pc.dim(`The next: --cursor ${page.cursor}`))
}

function mark(text: string, matches: [number, number][]): string {
  let shown = ''
  let at = 0
  for (const [from, to] of matches) {
    shown += harmless(text.slice(at, from)) + pc.bold(pc.yellow(harmless(text.slice(from, to))))
    at = to
  }
  return shown + harmless(text.slice(at))
}
