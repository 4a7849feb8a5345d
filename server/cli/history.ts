// What happened, for the terminal: events, checkpoints, contracts, operations, the recover shelf.
import pc from 'picocolors'
import type { CheckpointView, ContractView, EventView, OperationView, ShelfItemView } from '@/server/services/views'
import { addressOf, call } from './http'
import { moment, type OutputOptions, print, say, table, wantsJson } from './output'

type PageOptions = OutputOptions & { limit?: number; cursor?: string }
type HistoryOptions = PageOptions & {
  from?: string
  to?: string
  phase?: string
  type?: string[]
  contract?: string
  task?: string
}

/** Over REST times are text. */
type Answered<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] extends Date | null ? string | null : T[K] }
type Events = { entries: Answered<EventView>[]; totalCount: number; cursor: string | null }

export async function taskHistory(taskId: string, options: HistoryOptions): Promise<void> {
  await tellEvents(`/mesh/tasks/${encodeURIComponent(taskId)}/history`, options)
}

export async function timeline(options: HistoryOptions): Promise<void> {
  await tellEvents('/timeline', options)
}

async function tellEvents(path: string, options: HistoryOptions): Promise<void> {
  const query = {
    ...pageQuery(options),
    from: options.from,
    to: options.to,
    phase: options.phase,
    eventTypes: options.type?.join(','),
    contractId: options.contract,
    taskId: options.task,
  }
  const page = await call<Events>(addressOf(options), 'GET', withQuery(path, query))
  if (wantsJson(options)) return print(page)
  const rows = page.entries.map((event) => [
    moment(event.createdAt),
    event.eventType,
    event.taskName ?? event.contractName ?? '',
    textOf(event.eventData),
  ])
  table(['When', 'Event', 'Task', 'What'], rows, 'Nothing happened yet that fits. Leave filters out, or import first.')
  tellMore(page)
}

/** What an event says in words, whatever its kind. */
export function textOf(data: Record<string, unknown>): string {
  for (const key of ['text', 'message', 'summary', 'newTaskName', 'branchName', 'reason', 'to', 'name', 'url']) {
    const value = data[key]
    if (typeof value === 'string' && value !== '') return value
  }
  return ''
}

export async function taskCheckpoints(taskId: string, options: OutputOptions): Promise<void> {
  const path = `/mesh/tasks/${encodeURIComponent(taskId)}/checkpoints`
  const answer = await call<{ checkpoints: Answered<CheckpointView>[] }>(addressOf(options), 'GET', path)
  if (wantsJson(options)) return print(answer)
  const rows = answer.checkpoints.map((checkpoint) => [
    String(checkpoint.number),
    moment(checkpoint.createdAt),
    checkpoint.kind,
    checkpoint.commitSha.slice(0, 8),
    `${pc.green(`+${checkpoint.additions}`)} ${pc.red(`-${checkpoint.deletions}`)}`,
    checkpoint.message,
    checkpoint.id,
  ])
  const none = 'This task has no checkpoint yet. Take one with `makima checkpoint --task ID`.'
  table(['#', 'When', 'Kind', 'Commit', 'Lines', 'Message', 'Id'], rows, none)
}

export async function contracts(options: PageOptions & { search?: string }): Promise<void> {
  const path = withQuery('/contracts', { ...pageQuery(options), search: options.search })
  type Page = { contracts: Answered<ContractView>[]; totalCount: number; cursor: string | null }
  const page = await call<Page>(addressOf(options), 'GET', path)
  if (wantsJson(options)) return print(page)
  const rows = page.contracts.map((contract) => [
    contract.name,
    contract.status,
    contract.agents.join(', '),
    String(contract.taskCount),
    String(contract.messageCount),
    moment(contract.lastActivityAt),
    contract.id,
  ])
  const none = 'There is no contract yet. `makima import PATH…` brings history in.'
  table(['Contract', 'Status', 'Agents', 'Tasks', 'Messages', 'Last activity', 'Id'], rows, none)
  tellMore({ entries: rows, ...page })
}

export async function operations(options: PageOptions & { task?: string; contract?: string }): Promise<void> {
  const query = { ...pageQuery(options), taskId: options.task, contractId: options.contract }
  type Page = { operations: Answered<OperationView>[]; totalCount: number; cursor: string | null }
  const page = await call<Page>(addressOf(options), 'GET', withQuery('/operations', query))
  if (wantsJson(options)) return print(page)
  const rows = page.operations.map((operation) => [
    moment(operation.createdAt),
    operation.state,
    operation.error?.detail ?? operation.summary,
    operation.canUndo ? 'can be undone' : '',
    operation.id,
  ])
  table(['When', 'State', 'What', '', 'Id'], rows, 'No operation was done yet.')
  tellMore({ entries: rows, ...page })
}

export async function shelf(options: PageOptions): Promise<void> {
  type Page = { items: Answered<ShelfItemView>[]; totalCount: number; cursor: string | null }
  const page = await call<Page>(addressOf(options), 'GET', withQuery('/recover', pageQuery(options)))
  if (wantsJson(options)) return print(page)
  const rows = page.items.map((item) => [
    moment(item.createdAt),
    item.operationSummary,
    `${item.files} files`,
    `${item.messages} messages`,
    item.id,
  ])
  table(['When', 'Before', '', '', 'Id'], rows, 'The recover shelf is empty: nothing was replaced yet.')
  tellMore({ entries: rows, ...page })
}

function tellMore({ entries, totalCount, cursor }: { entries: unknown[]; totalCount: number; cursor: string | null }) {
  if (cursor !== null) say(pc.dim(`${entries.length} of ${totalCount}; the next: --cursor ${cursor}`))
}

function pageQuery({ limit, cursor }: PageOptions) {
  return { limit: limit === undefined ? undefined : String(limit), cursor }
}

export function withQuery(path: string, values: Record<string, string | undefined>): string {
  const given = Object.entries(values).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}
