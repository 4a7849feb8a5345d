// What an agent will know when it goes on, shown before it does: the messages, how many tokens they are, what it is told,
// and what was said on the path that is left.
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { operations } from '@/db/schema'
import type { Context } from '@/server/context'
import { isAppError } from '@/server/errors'
import { type Head, pathLength, readPath, slicePath, type Span } from '@/server/services/conversation-path'
import { type MessageRow, readRows } from '@/server/services/conversation-rows'
import { toMessageId } from '@/server/services/message-id'
import { getTaskWithPlace, type TaskRow, type TaskWithPlace } from '@/server/services/operation-subjects'
import { AGENT_NAMES } from '@/server/transcripts/agents'
import { chooseAgent, listResumable } from './request-run'
import { findResumePoint } from './resume-point'
import type { ResumeTaskInput } from './run-inputs'
import type { HandOverView } from './run-views'
import { requireFolder } from './work-folder'

const LEFT_ROWS = 400
const NOTE_CHARACTERS = 1_200
const ROWS_A_READ = 200
const CHARACTERS_A_TOKEN = 4

/** Of a text that no model has counted: English text and code alike come near to this. */
export const countWrittenTokens = (characters: number): number => Math.round(characters / CHARACTERS_A_TOKEN)

/** @throws AppError `not_found`, `invalid` as the resume itself would be. */
export async function previewResume(ctx: Context, asked: ResumeTaskInput): Promise<HandOverView> {
  const owner = await getTaskWithPlace(ctx, asked.taskId)
  const { task } = owner
  const agent = chooseAgent(owner, asked)
  const point = await findResumePoint(ctx, task, asked)
  const spans = await readPath(ctx, point.head)
  const messages = pathLength(spans)
  const [last] = messages > 0 ? await readRows(ctx, slicePath(spans, messages - 1, messages)) : []
  const left = await readLeft(ctx, task, spans, asked)
  const others = task.isSupervisor && !asked.atMessageId ? await listResumable(ctx, task.contractId, task.id) : []
  return {
    agent,
    ...(await folderOf(owner)),
    messages,
    tokens: await countTokens(ctx, spans, agent === task.agent),
    last: last
      ? { messageId: toMessageId(last.segmentId, last.seq), at: last.at, text: beginning(describe(last), 300) }
      : null,
    prompt: point.prompt,
    tried: describeLeft(left),
    corrections: left
      .filter((row) => row.kind === 'prompt' && row.text)
      .slice(-20)
      .map((row) => ({ messageId: toMessageId(row.segmentId, row.seq), text: row.text ?? '' })),
    notCarried: agent === task.agent ? [] : lossesBetween(task.agent, agent),
    tasks: others.map(({ id, name, agent: of }) => ({ taskId: id, name, agent: of })),
  }
}

async function folderOf(owner: TaskWithPlace): Promise<Pick<HandOverView, 'cwd' | 'unavailable'>> {
  try {
    return { cwd: await requireFolder(owner), unavailable: null }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { cwd: null, unavailable: error.message }
  }
}

/** The model's own count of its last answer on the path; without one a fair guess from the length of what was said. */
async function countTokens(ctx: Context, spans: Span[], sameAgent: boolean): Promise<HandOverView['tokens']> {
  const total = pathLength(spans)
  if (total === 0) return null
  let characters = 0
  for (let to = total; to > 0; to -= ROWS_A_READ) {
    const rows = await readRows(ctx, slicePath(spans, Math.max(0, to - ROWS_A_READ), to))
    for (const row of rows.toReversed()) {
      const counted = (row.tokensInput ?? 0) + (row.tokensCacheRead ?? 0) + (row.tokensCacheWrite ?? 0)
      if (counted > 0) {
        const count = counted + (row.tokensOutput ?? 0) + countWrittenTokens(characters)
        return { count, exact: sameAgent && characters === 0 }
      }
      characters += describe(row).length + (row.toolInput?.length ?? 0) + (row.toolResult?.length ?? 0)
      // After a compaction only what follows its summary is sent.
      if (row.kind === 'summary') return { count: countWrittenTokens(characters), exact: false }
    }
  }
  return { count: countWrittenTokens(characters), exact: false }
}

/** What was said after the place where the agent goes on, on the path that was in force last. */
async function readLeft(ctx: Context, task: TaskRow, kept: Span[], asked: ResumeTaskInput): Promise<MessageRow[]> {
  const left = asked.atMessageId
    ? { segmentId: task.headSegmentId, seq: task.headSeq }
    : await findRewoundFrom(ctx, task.id)
  if (!left) return []
  const path = await readPath(ctx, left)
  const shared = sharedLength(kept, path)
  const total = pathLength(path)
  return shared >= total ? [] : readRows(ctx, slicePath(path, Math.max(shared, total - LEFT_ROWS), total))
}

/** Where the conversation stood before the person's last rewind of it, unless that was undone. */
async function findRewoundFrom(ctx: Context, taskId: string): Promise<Head | null> {
  const [row] = await ctx.db
    .select({ talk: sql<Head | null>`${operations.before} -> 'talk'` })
    .from(operations)
    .where(
      and(
        eq(operations.taskId, taskId),
        eq(operations.kind, 'conversation_rewind'),
        eq(operations.state, 'done'),
        isNull(operations.undoneBy),
      ),
    )
    .orderBy(desc(operations.finishedAt))
    .limit(1)
  return row?.talk ?? null
}

function sharedLength(one: Span[], other: Span[]): number {
  let shared = 0
  for (const [index, span] of one.entries()) {
    const twin = other[index]
    if (!twin || twin.segmentId !== span.segmentId || twin.fromSeq !== span.fromSeq) break
    shared += Math.min(twin.toSeq, span.toSeq) - span.fromSeq + 1
    if (twin.toSeq !== span.toSeq) break
  }
  return shared
}

function describeLeft(rows: MessageRow[]): string | null {
  const said = rows
    .filter((row) => row.kind === 'prompt' && row.text)
    .map((row) => `- ${beginning(row.text ?? '', 200)}`)
  const answer = rows.findLast((row) => row.role === 'assistant' && row.kind === 'text' && row.text)?.text
  const tools = rows.filter((row) => row.kind === 'tool')
  if (said.length === 0 && !answer && tools.length === 0) return null
  const failed = tools.filter((row) => row.isError).length
  return beginning(
    [
      'This was tried before, on a path that was left. Do not repeat what did not work.',
      ...(said.length > 0 ? ['Asked there:', ...said.slice(-6)] : []),
      ...(tools.length > 0 ? [`${tools.length} tool calls were made there, ${failed} of them failed.`] : []),
      ...(answer ? [`It ended with: ${beginning(answer, 500)}`] : []),
    ].join('\n'),
    NOTE_CHARACTERS,
  )
}

function lossesBetween(from: string, to: string): string[] {
  const nameOf = (agent: string) => AGENT_NAMES[agent as keyof typeof AGENT_NAMES] ?? agent
  const settings = `Settings, memory files, permissions and running commands of ${nameOf(from)} are not carried.`
  if (to === 'acp') {
    const told =
      'The agent is told in one text, before the prompt, what was asked, said and done; long inputs and results of tools are shortened.'
    return [told, 'What the model thought is not carried.', settings]
  }
  return [
    `${nameOf(to)} is given the prompts, the answers, and each tool call with its result; tools that it lacks come as text.`,
    'What the model thought is not carried: it is signed for, or hidden from, the agent that thought it.',
    settings,
  ]
}

const describe = (row: MessageRow): string => row.text ?? row.toolName ?? ''

function beginning(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`
}
