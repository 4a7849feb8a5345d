// Going back from the terminal: code, conversation or both, and undo. Each shows its plan and asks before anything changes.
import pc from 'picocolors'
import { AppError } from '@/server/errors'
import type { CheckpointView, OperationView, PlanView } from '@/server/services/views'
import { type Address, addressOf, call, isKnown } from './http'
import { print, say, wantsJson } from './output'
import { agreed, type DangerOptions } from './plan'

type Preserve = { preserve?: string; branch?: string; includeEdited?: boolean; children?: boolean }
type Done = { operationId: string; state?: string; [field: string]: unknown }

export async function taskRewind(
  taskId: string,
  options: DangerOptions & Preserve & { checkpoint: string },
): Promise<void> {
  const body = {
    ...(await nameCheckpoint(addressOf(options), taskId, options.checkpoint)),
    ...preserving(options),
  }
  await perform(`/mesh/tasks/${encodeURIComponent(taskId)}/rewind`, body, options, (done) => {
    const to = done.rewindedTo as { checkpointNumber: number; message: string } | undefined
    return to ? `Rewound to checkpoint ${to.checkpointNumber}: ${to.message}` : 'Rewound'
  })
}

/** A checkpoint by its number in the task, by the beginning of its commit, or by its id. */
async function nameCheckpoint(address: Address, taskId: string, name: string) {
  if (/^\d{1,6}$/.test(name)) {
    const path = `/mesh/tasks/${encodeURIComponent(taskId)}/checkpoints`
    const { checkpoints } = await call<{ checkpoints: CheckpointView[] }>(address, 'GET', path)
    const found = checkpoints.find(({ number }) => number === Number(name))
    if (!found)
      throw new AppError('not_found', `This task has no checkpoint ${name}. \`makima task-checkpoints\` lists them.`)
    return { checkpointId: found.id }
  }
  return /^[0-9a-f]{7,64}$/i.test(name) ? { checkpointSha: name } : { checkpointId: name }
}

/** Takes a contract's id, which means its supervisor, or a task's. */
export async function rewindConversation(
  id: string,
  options: DangerOptions & Preserve & { toMessage?: string; toTime?: string; count?: number; code?: boolean },
): Promise<void> {
  const address = addressOf(options)
  const contractPath = `/contracts/${encodeURIComponent(id)}`
  let taskId = id
  if (await isKnown(address, contractPath)) {
    const { supervisorTaskId } = await call<{ supervisorTaskId: string | null }>(address, 'GET', contractPath)
    if (supervisorTaskId === null) {
      throw new AppError('precondition_failed', 'This contract has no supervisor yet. Name one of its tasks instead.')
    }
    taskId = supervisorTaskId
  }
  const body = {
    toMessageId: options.toMessage,
    toTimestamp: options.toTime,
    byMessageCount: options.count,
    rewindCode: options.code,
    ...preserving(options),
  }
  await perform(`/mesh/tasks/${encodeURIComponent(taskId)}/conversation/rewind`, body, options, () => {
    return options.code ? 'Conversation and files are rewound' : 'The conversation is rewound'
  })
}

/** Without an id: what was done last of all that can be undone. */
export async function undo(operationId: string | undefined, options: DangerOptions): Promise<void> {
  const id = operationId ?? (await findLast(addressOf(options)))
  await perform(`/operations/${encodeURIComponent(id)}/undo`, {}, options, () => 'Undone')
}

export async function restore(id: string, options: DangerOptions): Promise<void> {
  await perform(`/recover/${encodeURIComponent(id)}/restore`, {}, options, () => 'Brought back')
}

async function findLast(address: Address): Promise<string> {
  const { operations } = await call<{ operations: OperationView[] }>(address, 'GET', '/operations?limit=200')
  const last = operations.find(({ canUndo }) => canUndo)
  if (last) return last.id
  throw new AppError('not_found', 'There is nothing to undo. `makima operations` lists what was done.')
}

/** Previews, asks, does it by the hash of the plan that was shown. */
async function perform(
  path: string,
  body: object,
  options: DangerOptions,
  tell: (done: Done) => string,
): Promise<void> {
  const address = addressOf(options)
  const plan = await call<PlanView>(address, 'POST', `${path}/preview`, body)
  if (!(await agreed(plan, options))) return
  const done = await call<Done>(address, 'POST', path, { ...body, planHash: plan.planHash })
  if (wantsJson(options)) return print(done)
  if (done.state)
    return say(`It is still being done. \`makima operations\` shows when it is; its id is ${done.operationId}.`)
  say(`${pc.green(tell(done))}.`)
  const { preservedAs } = done as { preservedAs?: { stateType: string; reference: string } }
  if (preservedAs) say(`What was there is kept as ${preservedAs.stateType} ${preservedAs.reference}.`)
  say(pc.dim(`Undo it with: makima undo ${done.operationId}`))
}

function preserving({ preserve, branch, includeEdited, children }: Preserve) {
  return { preserveMode: preserve, branchName: branch, includeEdited, includeChildren: children }
}
