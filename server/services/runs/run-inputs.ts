// Owns what may be asked of an agent's run. Routers, REST and the command line parse with these and nothing else.
import { z } from 'zod'
import { idInput } from '@/server/services/inputs'
import { preserveMode } from '@/server/services/operation-inputs'
import { AGENTS } from '@/server/transcripts/agents'

export const agentInput = z.enum(AGENTS, { error: `An agent is one of ${AGENTS.join(', ')}.` })

export const RESUME_MODES = ['continue', 'restart_phase', 'from_checkpoint'] as const

/** How an agent is run; part of every input that starts one. */
export const runSettings = {
  /** The worker that is to run it; without it the one that holds the folder. */
  targetDaemonId: idInput.nullish(),
  /** What the agent is told; without it a sentence that fits the mode. */
  additionalContext: z.string().max(500_000, 'The context is longer than half a million characters.').nullish(),
  model: z.string().trim().min(1).max(120).nullish(),
  /** `ask`: what needs a permission is asked on the page. `allow`: everything in the folder is allowed. */
  permissions: z.enum(['ask', 'allow']).default('ask'),
  maxTurns: z.number().int().min(1).max(10_000).nullish(),
  /** US dollars; the agent is stopped when it has cost more. */
  maxCostUsd: z.number().positive().max(100_000).nullish(),
  /** True: nothing is started; the native session is written, and a person goes on with it in a terminal. */
  print: z.boolean().default(false),
}

const resume = {
  ...runSettings,
  resumeMode: z.enum(RESUME_MODES).default('continue'),
  checkpointId: idInput.nullish(),
  /** The last message that the agent is to know: it goes on from there in a task of its own. */
  atMessageId: idInput.nullish(),
  /** Another agent than the task's: it goes on in a task of its own. */
  agent: agentInput.nullish(),
  preserveMode: preserveMode.default('discard'),
  /** Told instead of giving the conversation: the agent begins a session of its own with this text before its prompt. */
  brief: z.string().trim().min(1).max(1_000_000, 'The brief is longer than a million characters.').nullish(),
}

type Resume = {
  resumeMode: string
  checkpointId?: string | null
  atMessageId?: string | null
  brief?: string | null
  print: boolean
}

function check(input: Resume, context: z.RefinementCtx): void {
  if ((input.resumeMode === 'from_checkpoint') !== Boolean(input.checkpointId)) {
    context.addIssue({
      code: 'custom',
      message: 'resumeMode from_checkpoint and checkpointId belong together: give both.',
    })
  }
  if (input.brief && input.print) {
    context.addIssue({
      code: 'custom',
      message: 'A command for a terminal goes on with a session, and a brief writes none: leave one of the two out.',
    })
  }
  if (input.atMessageId && input.resumeMode !== 'continue') {
    context.addIssue({
      code: 'custom',
      message: 'atMessageId says where to go on from by itself: leave resumeMode out.',
    })
  }
}

export const resumeTaskInput = z.object({ taskId: idInput, ...resume }).superRefine(check)
export const resumeContractInput = z
  .object({
    contractId: idInput,
    ...resume,
    /** Also the tasks of the contract that were interrupted, each from where it stood. */
    includeTasks: z.boolean().default(true),
  })
  .superRefine(check)
export const runListInput = z.object({
  taskId: idInput.nullish(),
  contractId: idInput.nullish(),
  /** Only those that have not ended, and then all of them. */
  open: z.boolean().optional(),
})
export const answerInput = z.object({
  id: idInput,
  requestId: z.string().min(1).max(200),
  optionId: z.string().min(1).max(200),
})

export type ResumeTaskInput = z.output<typeof resumeTaskInput>
export type ResumeContractInput = z.output<typeof resumeContractInput>
