// What the agent that leads a contract asks of Makima from its terminal: which tasks there are, their ends, and what they said.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/server/errors'
import type { TaskView } from '@/server/services/views'
import { type Address, addressOf, call } from './http'
import { print, say, wantsJson } from './output'
import { type ListedTask, taskTree } from './task-tree'

export type SupervisorOptions = { contract?: string; home?: string; json?: boolean }

/** The part of a message over REST that is read here; see services/conversation-transcript. */
type Said = { index: number; role: string; kind: string; content: string }
type Page = { taskId: string; taskName: string; status: string; messages: Said[]; cursor: string | null }

const PAUSE_MS = 1_000
const PAGE = 1_000

/** Every task of the contract with its state: one line each, as a tree for a person. */
export async function listTasks(options: SupervisorOptions): Promise<void> {
  const tasks = await fetchTasks(addressOf(options), contractOf(options))
  if (wantsJson(options)) return print({ tasks })
  for (const line of taskTree(tasks)) say(line)
}

/**
 * Waits until no agent is at work on these tasks (none named: all of the contract but the one that asks), then tells them.
 * @throws AppError `not_found` for a task of another contract, `precondition_failed` when `timeout` seconds are over.
 */
export async function waitForTasks(
  ids: string[],
  options: SupervisorOptions & { timeout?: number; quiet?: boolean },
): Promise<void> {
  const address = addressOf(options)
  const contractId = contractOf(options)
  const until = options.timeout === undefined ? Infinity : Date.now() + options.timeout * 1_000
  for (;;) {
    // Runs first: one that ends between the two questions has written its task's state by the second.
    const path = `/runs?open=true&contractId=${encodeURIComponent(contractId)}`
    const { runs } = await call<{ runs: { taskId: string }[] }>(address, 'GET', path)
    const tasks = choose(await fetchTasks(address, contractId), ids)
    const busy = new Set(runs.map(({ taskId }) => taskId))
    const working = tasks.filter(({ id, status }) => busy.has(id) || status === 'running')
    if (working.length === 0) {
      if (options.quiet) return
      if (wantsJson(options)) return print({ tasks })
      for (const { name, status, id } of tasks) say(`${status}  ${name}  ${id}`)
      return
    }
    if (Date.now() >= until) {
      const names = working.map(({ name }) => name).join(', ')
      throw new AppError(
        'precondition_failed',
        `Still at work after ${options.timeout} s: ${names}. Wait again, or stop them.`,
      )
    }
    await sleep(Math.min(PAUSE_MS, Math.max(1, until - Date.now())))
  }
}

/** What the agent of a task said last; with `all` everything that was said in it, by both. */
export async function tellOutput(taskId: string, options: SupervisorOptions & { all?: boolean }): Promise<void> {
  const address = addressOf(options)
  let said: Said[] = []
  let page: Page
  let cursor: string | null = null
  do {
    const query = new URLSearchParams({ includeToolCalls: 'false', includeToolResults: 'false', limit: String(PAGE) })
    if (cursor !== null) query.set('cursor', cursor)
    page = await call<Page>(address, 'GET', `/mesh/tasks/${encodeURIComponent(taskId)}/conversation?${query}`)
    const words = page.messages.filter(isSaid)
    const answer = words.findLast(({ role }) => role === 'assistant')
    if (options.all) said.push(...words)
    else if (answer) said = [answer]
    cursor = page.cursor
  } while (cursor !== null)
  const { taskName, status } = page
  if (wantsJson(options)) return print({ taskId, taskName, status, messages: said })
  if (said.length === 0)
    throw new AppError('precondition_failed', `${taskName}: its agent has said nothing yet (${status}).`)
  for (const { role, content } of said) say(options.all ? `[${role}] ${content}\n` : content)
}

function isSaid({ role, kind, content }: Said): boolean {
  const isWords = (role === 'assistant' && kind === 'text') || (role === 'user' && kind === 'prompt')
  return isWords && content.trim() !== ''
}

async function fetchTasks(address: Address, contractId: string): Promise<ListedTask[]> {
  const path = `/contracts/${encodeURIComponent(contractId)}/tasks`
  const { tasks } = await call<{ tasks: TaskView[] }>(address, 'GET', path)
  return tasks.map(({ id, parentTaskId, isSupervisor, name, status, phase, agent, messageCount }) => {
    return { id, parentTaskId, isSupervisor, name, status, phase, agent, messageCount }
  })
}

function choose(tasks: ListedTask[], ids: string[]): ListedTask[] {
  if (ids.length === 0) return tasks.filter(({ id }) => id !== process.env.MAKIMA_TASK_ID)
  return ids.map((id) => {
    const task = tasks.find((one) => one.id === id)
    if (task) return task
    throw new AppError('not_found', `This contract has no task ${id}. \`makima supervisor tasks\` lists them.`)
  })
}

export function contractOf(options: SupervisorOptions): string {
  const id = options.contract ?? process.env.MAKIMA_CONTRACT_ID
  if (id) return id
  throw new AppError(
    'invalid',
    'Name the contract with --contract ID. An agent that Makima runs has it in MAKIMA_CONTRACT_ID.',
  )
}
