// What the agent that leads a contract does to it from its terminal: starts tasks, keeps its files, moves to the next phase.
import { AppError } from '@/server/errors'
import type { ContractView, TaskView } from '@/server/services/views'
import { addressOf, call } from './http'
import { print, say, wantsJson } from './output'
import { contractOf, type SupervisorOptions, tellOutput, waitForTasks } from './supervisor'

type SpawnOptions = SupervisorOptions & {
  name: string
  plan: string
  from?: string
  fromTask?: string
  agent?: string
  model?: string
  permissions?: string
  maxTurns?: number
  maxCost?: number
  wait?: boolean
}

type Spawned = { runId: string; taskId: string; taskName: string; state: string; waitsFor: string | null }

/** Starts a task and tells its id, folder and branch; with `wait` what its agent said at the end. */
export async function spawn(options: SpawnOptions): Promise<void> {
  const address = addressOf(options)
  const { name, plan, agent, model, permissions, maxTurns, maxCost } = options
  const run = await call<Spawned>(address, 'POST', `/contracts/${enc(contractOf(options))}/supervisor/spawn`, {
    parentTaskId: process.env.MAKIMA_TASK_ID,
    checkpointId: options.from,
    fromTaskId: options.fromTask,
    name,
    plan,
    agent,
    model,
    permissions,
    maxTurns,
    maxCostUsd: maxCost,
  })
  const { runId, taskId, taskName, state, waitsFor } = run
  if (options.wait) {
    await waitForTasks([taskId], { ...options, quiet: true })
    return tellOutput(taskId, options)
  }
  const { worktree, branch } = await call<TaskView>(address, 'GET', `/mesh/tasks/${enc(taskId)}`)
  const folder = worktree?.path ?? null
  if (wantsJson(options)) return print({ taskId, runId, name: taskName, state, waitsFor, folder, branch })
  say(`${taskName}  ${taskId}\n  folder  ${folder ?? 'none'}\n  branch  ${branch ?? 'none'}`)
  if (waitsFor) say(`  ${waitsFor}`)
}

type Taken = { checkpointId?: string; sha?: string; number?: number }

/** Keeps the files of a task's folder; an agent may be at work in it. */
export async function takeCheckpoint(options: SupervisorOptions & { task?: string; message?: string }): Promise<void> {
  const taskId = options.task ?? process.env.MAKIMA_TASK_ID
  if (!taskId) {
    throw new AppError('invalid', 'Name the task with --task ID. An agent that Makima runs has it in MAKIMA_TASK_ID.')
  }
  const path = `/mesh/tasks/${enc(taskId)}/checkpoints`
  const taken = await call<Taken>(addressOf(options), 'POST', path, { message: options.message })
  if (wantsJson(options)) return print(taken)
  say(`Checkpoint ${taken.checkpointId ?? 'asked for'}`)
}

/** To the phase named, or the next one. */
export async function advance(phase: string | undefined, options: SupervisorOptions): Promise<void> {
  const path = `/contracts/${enc(contractOf(options))}/phase`
  const contract = await call<ContractView>(addressOf(options), 'POST', path, { phase })
  if (wantsJson(options)) return print({ contractId: contract.id, phase: contract.phase })
  say(`${contract.name}: ${contract.phase}`)
}

const enc = encodeURIComponent
