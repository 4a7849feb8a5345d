// The commands that let an agent go on: by a worker (and wait for its turn), or as a command for the person's own terminal.
import { setTimeout as sleep } from 'node:timers/promises'
import { AppError } from '@/server/errors'
import type { RunView } from '@/server/services/runs/run-views'
import { type Address, addressOf, call, isKnown } from './http'
import { say, warn } from './output'

export type ResumeOptions = {
  mode?: string
  checkpoint?: string
  at?: string
  agent?: string
  context?: string
  model?: string
  permissions?: string
  maxTurns?: number
  maxCost?: number
  print?: boolean
  wait: boolean
  json?: boolean
  home?: string
}

/** Over REST the id has another name, and times are text. */
type RunAnswer = Omit<RunView, 'id'> & { runId: string; tasks?: RunAnswer[] }

const OPEN = ['queued', 'starting', 'running', 'waiting']

/** Resumes a contract or a task, whichever the id names. */
export async function resume(id: string, options: ResumeOptions): Promise<void> {
  const address = addressOf(options)
  const body = {
    resumeMode: options.mode ?? (options.checkpoint ? 'from_checkpoint' : undefined),
    checkpointId: options.checkpoint,
    atMessageId: options.at,
    ...settings(options),
  }
  const isContract = await isKnown(address, `/contracts/${id}`)
  const path = isContract ? `/contracts/${id}/supervisor/resume` : `/mesh/tasks/${id}/resume`
  await report(address, await call<RunAnswer>(address, 'POST', path, body), options)
}

/** A new task from a checkpoint of an earlier one, or from the newest. */
export async function resumeFrom(
  taskId: string,
  checkpointId: string | undefined,
  options: ResumeOptions & { plan: string; name?: string; conversation: boolean },
): Promise<void> {
  const address = addressOf(options)
  const body = {
    plan: options.plan,
    taskName: options.name,
    includeConversation: options.conversation,
    ...settings(options),
  }
  const path = `/mesh/tasks/${taskId}/checkpoints/${checkpointId ?? 'latest'}/resume`
  await report(address, await call<RunAnswer>(address, 'POST', path, body), options)
}

export async function stopRun(runId: string, options: { home?: string }): Promise<void> {
  const address = addressOf(options)
  const run = await call<RunAnswer>(address, 'POST', `/runs/${runId}/stop`)
  say(`${run.taskName}: asked to stop.`)
}

function settings(options: ResumeOptions) {
  return {
    agent: options.agent,
    additionalContext: options.context,
    model: options.model,
    permissions: options.permissions,
    maxTurns: options.maxTurns,
    maxCostUsd: options.maxCost,
    print: options.print ?? false,
  }
}

async function report(address: Address, answer: RunAnswer, options: ResumeOptions): Promise<void> {
  const wantsJson = options.json || !process.stdout.isTTY
  const started = [answer, ...(answer.tasks ?? [])]
  if (options.print) {
    for (const run of started) await printCommand(address, run, wantsJson)
    return
  }
  let failed: RunAnswer | null = null
  for (const run of started) {
    const ended = options.wait ? await follow(address, run, wantsJson) : run
    if (wantsJson) process.stdout.write(`${JSON.stringify(ended)}\n`)
    else say(`${ended.taskName}: ${sentence(ended)}`)
    if (ended.state === 'failed' || ended.state === 'interrupted') failed = ended
  }
  if (failed) throw new AppError('precondition_failed', failed.error?.detail ?? 'The agent did not finish its turn.')
}

async function printCommand(address: Address, run: RunAnswer, wantsJson: boolean): Promise<void> {
  const ended = await follow(address, run, true)
  if (ended.state === 'failed') throw new AppError('precondition_failed', ended.error?.detail ?? 'It failed.')
  const { runId, taskId, sessionId, cwd, command, notCarried } = ended
  if (wantsJson) process.stdout.write(`${JSON.stringify({ runId, taskId, sessionId, cwd, command, notCarried })}\n`)
  else {
    for (const loss of notCarried) warn(`Note: ${loss}`)
    say(command ?? 'Nothing was said yet, so there is no session to go on with.')
  }
}

/** Waits until the agent is at rest; what it asks meanwhile is told, for it can be answered on the page. */
async function follow(address: Address, run: RunAnswer, quiet: boolean): Promise<RunAnswer> {
  const told = new Set<string>()
  for (let now = run; ; now = await call<RunAnswer>(address, 'GET', `/runs/${run.runId}`)) {
    for (const { requestId, toolName } of now.pending) {
      if (told.has(requestId)) continue
      told.add(requestId)
      if (!quiet) warn(`It asks to use ${toolName}. Answer at ${address.url}/tasks/${now.taskId}`)
    }
    if (!OPEN.includes(now.state)) return now
    await sleep(400)
  }
}

function sentence(run: RunAnswer): string {
  if (run.error) return run.error.detail
  if (run.state === 'done') return 'the turn has ended.'
  if (run.state === 'stopped') return 'stopped.'
  return 'at work. The page of the task shows it live.'
}
