// Owns what may be asked of an operation. Routers, REST and the worker parse with these and nothing else.
import { z } from 'zod'
import { AppError } from '@/server/errors'
import { isKeptTime } from './inputs'

const id = z
  .uuid({ error: 'An id is a UUID; copy it from the page or from a list.' })
  .transform((text) => text.toLowerCase())
const planHash = z.string().min(1).max(200).nullish()
const branchName = z.string().trim().min(1, 'A branch needs a name.').max(200).nullish()
/** True: the tasks below go to the same moment, in the same operation. Those that began after it are stopped and left aside. */
const includeChildren = z.boolean().nullish()
/** What becomes of the state before a rewind, apart from the snapshot on the shelf that is always taken. */
export const preserveMode = z.enum(['discard', 'create_branch', 'stash'])
export type PreserveMode = z.infer<typeof preserveMode>

const moment = z
  .union([z.date(), z.iso.datetime({ offset: true, error: 'A time is written like 2026-01-31T12:00:00Z.' })])
  .transform((value) => new Date(value))
  .refine(isKeptTime, 'A time lies in the years 1 to 9999.')
  .transform((time) => time.toISOString())

export const rewindInput = z
  .object({
    taskId: id,
    checkpointId: id.nullish(),
    /** A commit id or the first 7 or more digits of one that is a checkpoint of the task. */
    checkpointSha: z
      .string()
      .regex(/^[0-9a-f]{7,64}$/i, 'A commit id has 7 to 64 hexadecimal digits.')
      .nullish(),
    preserveMode: preserveMode.default('discard'),
    branchName,
    /** Also takes back what was edited since by somebody else. Left out: only if nothing else would be rewound. */
    includeEdited: z.boolean().nullish(),
    includeChildren,
    planHash,
  })
  .refine((input) => Boolean(input.checkpointId) !== Boolean(input.checkpointSha), {
    error: 'Name the checkpoint by exactly one of checkpointId and checkpointSha.',
  })

export const conversationRewindInput = z
  .object({
    taskId: id,
    /** The last message that stays. */
    toMessageId: id.nullish(),
    /** Messages after this moment go. */
    toTimestamp: moment.nullish(),
    /** So many messages go from the end. */
    byMessageCount: z.number().int().min(1, 'The number of messages to go back is 1 or more.').nullish(),
    rewindCode: z.boolean().nullish(),
    preserveMode: preserveMode.default('discard'),
    branchName,
    includeEdited: z.boolean().nullish(),
    includeChildren,
    planHash,
  })
  .refine(
    (input) => [input.toMessageId, input.toTimestamp, input.byMessageCount].filter((v) => v != null).length === 1,
    {
      error: 'Say where to go back to by exactly one of toMessageId, toTimestamp and byMessageCount.',
    },
  )

const fork = {
  taskId: id,
  forkFromType: z.enum(['checkpoint', 'timestamp', 'message_id']),
  /** A checkpoint's id, commit or number; an ISO 8601 time; or a message's id. */
  forkFromValue: z.string().trim().min(1).max(200),
  includeConversation: z.boolean().nullish(),
  /** False leaves the new worktree without a branch. Default true. */
  createBranch: z.boolean().nullish(),
  branchName,
  newTaskPlan: z.string().max(20_000).nullish(),
  /** The task of the same contract that starts the new one; without it the new task stands beside its origin. */
  parentTaskId: id.nullish(),
  planHash,
}

export const forkPreviewInput = z.object({ ...fork, newTaskName: z.string().trim().min(1).max(200).nullish() })

export const forkInput = z.object({
  ...fork,
  newTaskName: z.string().trim().min(1, 'The new task needs a name.').max(200),
})

export const branchInput = z.object({
  checkpointId: id,
  branchName: z.string().trim().min(1, 'A branch needs a name.').max(200),
  planHash,
})

export const undoInput = z.object({ operationId: id, planHash })

/** `id` is that of an item on the recover shelf. */
export const restoreInput = z.object({ id, planHash })

export const checkpointInput = z.object({
  taskId: id,
  message: z.string().trim().max(500).nullish(),
  /** `turn`: taken by the worker at the end of an agent's turn. */
  kind: z.enum(['manual', 'turn']).default('manual'),
})

/** Kinds of operations; kept as text in the database. */
export const OPERATION_KINDS = [
  'rewind',
  'conversation_rewind',
  'fork',
  'branch',
  'undo',
  'restore',
  'checkpoint',
] as const
export type OperationKind = (typeof OPERATION_KINDS)[number]

/** True for what writes in the folder: an agent at work there must be stopped first. A capture only reads. */
export function writesFolder(kind: OperationKind): boolean {
  return kind !== 'checkpoint'
}

/** What is parsed and kept in the row, by kind. `planHash` has a column of its own. */
export type OperationInput = {
  rewind: z.infer<typeof rewindInput>
  conversation_rewind: z.infer<typeof conversationRewindInput>
  fork: z.infer<typeof forkInput>
  branch: z.infer<typeof branchInput>
  undo: z.infer<typeof undoInput>
  restore: z.infer<typeof restoreInput>
  checkpoint: z.infer<typeof checkpointInput>
}

/** @throws AppError `invalid` with the first thing that is wrong, as a sentence. */
export function parseInput<T extends z.ZodType>(schema: T, input: z.input<T>): z.output<T> {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const where = issue?.path.join('.')
  throw new AppError('invalid', `${where ? `${where}: ` : ''}${issue?.message ?? 'The request is not valid.'}`)
}
