// A new task from a point of another, from the terminal: its own folder and branch; the other stays as it is.
import type { PlanView } from '@/server/services/views'
import { addressOf, call } from './http'
import { type OutputOptions, print, say, wantsJson } from './output'
import { showPlan } from './plan'

type ForkOptions = OutputOptions & {
  fromType: string
  from: string
  name: string
  plan?: string
  conversation: boolean
  branch?: string | false
  dryRun?: boolean
}

type Forked = { newTaskId?: string; branchName?: string; operationId: string }

export async function taskFork(taskId: string, options: ForkOptions): Promise<void> {
  const address = addressOf(options)
  const path = `/mesh/tasks/${encodeURIComponent(taskId)}/fork`
  const body = {
    forkFromType: options.fromType,
    forkFromValue: options.from,
    newTaskName: options.name,
    newTaskPlan: options.plan,
    includeConversation: options.conversation,
    createBranch: options.branch !== false,
    branchName: typeof options.branch === 'string' ? options.branch : undefined,
  }
  if (options.dryRun) {
    const plan = await call<PlanView>(address, 'POST', `${path}/preview`, body)
    return wantsJson(options) ? print(plan) : showPlan(plan)
  }
  const done = await call<Forked>(address, 'POST', path, body)
  if (wantsJson(options)) return print(done)
  if (!done.newTaskId)
    return say(`It is still being made. \`makima operations\` shows when it is done: ${done.operationId}.`)
  const task = await call<{ worktree: { path: string } | null }>(address, 'GET', `/mesh/tasks/${done.newTaskId}`)
  say(`${options.name}  ${done.newTaskId}`)
  say(`  folder  ${task.worktree?.path ?? 'none'}`)
  say(`  branch  ${done.branchName ?? 'none'}`)
}
