// What a person or the supervisor changes of a contract while it goes on: its phase and its limits.
import { and, eq } from 'drizzle-orm'
import { z } from 'zod'
import { contracts, tasks } from '@/db/schema'
import { type Context, withTransaction } from '@/server/context'
import { AppError } from '@/server/errors'
import { getContract } from './contracts'
import { recordEvents } from './history'
import { idInput, phaseInput } from './inputs'
import { wakeWaiting } from './runs/run-queue'
import { type ContractDetail, type Phase, PHASES } from './views'

/** Part of every input that makes or changes a contract; null takes a limit away. */
export const contractLimits = {
  /** Agents that may work at once, the supervisor's apart. */
  maxParallel: z
    .number('Give a whole number')
    .int('Give a whole number')
    .min(1, 'At least 1 agent must be let work')
    .max(100, 'At most 100 agents work at once')
    .nullish(),
  /** Model turns that one run may take. */
  maxTurns: z
    .number('Give a whole number')
    .int('Give a whole number')
    .min(1, 'At least 1 turn must be allowed')
    .max(10_000, 'At most 10,000 turns')
    .nullish(),
  /** US dollars that all work of the contract may cost. */
  maxCostUsd: z
    .number('Give the dollars as a number')
    .positive('A limit of cost is above 0')
    .max(1_000_000, 'At most a million dollars')
    .nullish(),
}

export const contractChangeInput = z.object({ id: idInput, ...contractLimits })
export const phaseChangeInput = z.object({
  id: idInput,
  /** Without it the next one. */
  phase: phaseInput.nullish(),
})

/** What is left out stays. A higher limit lets those begin that wait. */
export async function changeLimits(ctx: Context, input: z.infer<typeof contractChangeInput>): Promise<ContractDetail> {
  const { id, ...limits } = input
  const given = Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined))
  await withTransaction(ctx, async (tx) => {
    if (Object.keys(given).length === 0) return
    await tx.db
      .update(contracts)
      .set(given)
      .where(and(eq(contracts.id, id), eq(contracts.ownerId, ctx.actor.ownerId)))
    await wakeWaiting(tx, id)
  })
  return getContract(ctx, { id })
}

/**
 * Moves a contract, and the task that leads it, to a phase. Nothing happens when it stands there.
 * @throws AppError `not_found`, `precondition_failed` when there is no next phase.
 */
export async function advancePhase(ctx: Context, input: z.infer<typeof phaseChangeInput>): Promise<ContractDetail> {
  await withTransaction(ctx, async (tx) => {
    const [contract] = await tx.db
      .select()
      .from(contracts)
      .where(and(eq(contracts.id, input.id), eq(contracts.ownerId, ctx.actor.ownerId)))
      .for('update')
    if (!contract) throw new AppError('not_found', 'There is no contract with this id.')
    const from = contract.phase as Phase
    const to = input.phase ?? nextPhase(from)
    if (to === from) return
    await tx.db.update(contracts).set({ phase: to, lastActivityAt: tx.now() }).where(eq(contracts.id, contract.id))
    if (contract.supervisorTaskId) {
      await tx.db.update(tasks).set({ phase: to }).where(eq(tasks.id, contract.supervisorTaskId))
    }
    await recordEvents(tx, [
      {
        contractId: contract.id,
        taskId: contract.supervisorTaskId,
        repositoryId: contract.repositoryId,
        phase: to,
        eventType: 'phase.changed',
        eventData: { from, to },
      },
    ])
  })
  return getContract(ctx, { id: input.id })
}

function nextPhase(phase: Phase): Phase {
  const next = PHASES[PHASES.indexOf(phase) + 1]
  if (next) return next
  throw new AppError(
    'precondition_failed',
    `The contract stands in its last phase, ${phase}. Name the phase it is to go to: ${PHASES.join(', ')}.`,
  )
}
