// A sample contract: a small real repository and conversation made on the spot, so that a newcomer can try every action on it.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { and, eq } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { contracts, imports, tasks } from '@/db/schema'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { type SampleCommit, createRepository } from '@/server/git/create-repository'
import { runImport } from './import/run'
import { FIRST_FILES, PERSON_FILES, STORY, type StoryStep } from './sample-story'

const STEP_MS = 40_000
const MODEL = 'claude-sonnet-4-5-20250929'

/** Makes the sample, or returns the one that is there. Its files lie in the data folder and are nobody's work. */
export async function createSample(ctx: Context): Promise<{ contractId: string }> {
  const known = await findSample(ctx)
  if (known) return { contractId: known }
  const sessionId = crypto.randomUUID()
  const folder = join(ctx.env.home, 'sample', sessionId.slice(0, 8))
  const worktree = join(folder, 'notes')
  const startAt = ctx.now().getTime() - (STORY.length + 4) * STEP_MS
  const timed = STORY.map((step, index) => ({ step, at: new Date(startAt + index * STEP_MS) }))
  await createRepository(worktree, [
    { message: 'A program that keeps notes', at: new Date(startAt - 60 * STEP_MS), files: FIRST_FILES },
    ...timed.flatMap(({ step, at }): SampleCommit[] =>
      step.who === 'commit' ? [{ message: step.message, at, files: step.files }] : [],
    ),
  ])
  for (const [path, content] of Object.entries(PERSON_FILES)) await writeFile(join(worktree, path), content)
  const transcripts = join(folder, 'transcripts')
  await writeTranscripts(transcripts, sessionId, worktree, timed)

  const importId = newId()
  await ctx.db
    .insert(imports)
    .values({ id: importId, ownerId: ctx.actor.ownerId, path: transcripts, createdAt: ctx.now() })
  await runImport(ctx, importId, new AbortController().signal)
  const [task] = await ctx.db
    .select({ contractId: tasks.contractId })
    .from(tasks)
    .where(and(eq(tasks.ownerId, ctx.actor.ownerId), eq(tasks.nativeSessionId, sessionId), eq(tasks.nativeThread, '')))
  if (!task) throw new AppError('internal', 'The sample could not be made; the log has the details.')
  await ctx.db
    .update(contracts)
    .set({ sample: true, renamed: true, name: 'Sample: a program that keeps notes' })
    .where(eq(contracts.id, task.contractId))
  return { contractId: task.contractId }
}

async function findSample(ctx: Context): Promise<string | null> {
  const [found] = await ctx.db
    .select({ id: contracts.id })
    .from(contracts)
    .where(and(eq(contracts.ownerId, ctx.actor.ownerId), eq(contracts.sample, true)))
  return found?.id ?? null
}

type Timed = { step: StoryStep; at: Date }

/** Writes the story in the shape in which Claude Code writes a session and its subagent. */
async function writeTranscripts(folder: string, sessionId: string, cwd: string, timed: Timed[]): Promise<void> {
  const main = new TranscriptLines({ sessionId, cwd, isSidechain: false })
  const agentId = sessionId.replaceAll('-', '').slice(0, 7)
  const child = new TranscriptLines({ sessionId, cwd, isSidechain: true, agentId })
  for (const { step, at } of timed) {
    if (step.who === 'person') main.user(at, step.text)
    else if (step.who === 'agent') {
      const blocks = [
        ...(step.thinking ? [{ type: 'thinking', thinking: step.thinking, signature: '' }] : []),
        ...(step.text ? [{ type: 'text', text: step.text }] : []),
      ]
      main.assistant(at, blocks)
    } else if (step.who === 'tool') main.tool(at, step.name, step.input, step.result, step.isError ?? false)
    else if (step.who === 'commit') {
      const command = `git commit -qam ${JSON.stringify(step.message)}`
      main.tool(at, 'Bash', { command, description: 'Commit' }, '', false)
    } else {
      child.user(at, step.prompt)
      child.assistant(at, [{ type: 'text', text: step.answer }])
      const result = {
        status: 'completed',
        agentId,
        prompt: step.prompt,
        totalDurationMs: 21_000,
        totalTokens: 1_900,
        totalToolUseCount: 0,
      }
      main.tool(
        at,
        'Task',
        { description: step.description, prompt: step.prompt, subagent_type: 'Explore' },
        step.answer,
        false,
        result,
      )
    }
  }
  await mkdir(join(folder, sessionId, 'subagents'), { recursive: true })
  await writeFile(join(folder, `${sessionId}.jsonl`), main.text())
  await writeFile(join(folder, sessionId, 'subagents', `agent-${agentId}.jsonl`), child.text())
}

class TranscriptLines {
  private readonly lines: string[] = []
  private parent: string | null = null
  private calls = 0

  constructor(private readonly envelope: { sessionId: string; cwd: string; isSidechain: boolean; agentId?: string }) {}

  private add(at: Date, record: Record<string, unknown>): string {
    const uuid = crypto.randomUUID()
    const envelope = {
      ...this.envelope,
      userType: 'external',
      version: '2.1.42',
      gitBranch: 'main',
      timestamp: at.toISOString(),
    }
    this.lines.push(JSON.stringify({ parentUuid: this.parent, ...envelope, ...record, uuid }))
    this.parent = uuid
    return uuid
  }

  user(at: Date, content: string): void {
    this.add(at, { type: 'user', message: { role: 'user', content } })
  }

  assistant(at: Date, content: unknown[]): void {
    const usage = {
      input_tokens: 12,
      output_tokens: 240,
      cache_creation_input_tokens: 900,
      cache_read_input_tokens: 8_000 + 700 * this.lines.length,
    }
    const message = {
      id: `msg_${crypto.randomUUID().slice(0, 13)}`,
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content,
      stop_reason: 'end_turn',
      usage,
    }
    this.add(at, { type: 'assistant', message })
  }

  tool(
    at: Date,
    name: string,
    input: Record<string, unknown>,
    result: string,
    isError: boolean,
    toolUseResult?: unknown,
  ): void {
    const id = `toolu_sample${this.calls++}`
    this.assistant(at, [{ type: 'tool_use', id, name, input }])
    const content = [{ type: 'tool_result', tool_use_id: id, content: result, is_error: isError }]
    this.add(new Date(at.getTime() + 1_500), {
      type: 'user',
      message: { role: 'user', content },
      ...(toolUseResult !== undefined && { toolUseResult }),
    })
  }

  text(): string {
    return `${this.lines.join('\n')}\n`
  }
}
