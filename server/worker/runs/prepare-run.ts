// Makes ready what an agent goes on with: its folder, its program, and a native session that holds the talk in force.
import { randomUUID } from 'node:crypto'
import { and, desc, eq, gt, isNull } from 'drizzle-orm'
import { nativeSessions } from '@/db/run-tables'
import { tasks } from '@/db/schema'
import { messages, segments, transcriptSources } from '@/db/talk-tables'
import type { AgentProgram, Brief, FoundProgram } from '@/server/agents/types'
import { agentProgram } from '@/server/agents/programs'
import type { Context } from '@/server/context'
import { AppError } from '@/server/errors'
import { importTranscript } from '@/server/services/import/import-transcript'
import { getTaskWithPlace, type TaskRow } from '@/server/services/operation-subjects'
import type { RunSettings } from '@/server/services/runs/request-run'
import type { RunRow } from '@/server/services/runs/run-log'
import { requirePasteable } from '@/server/services/runs/shell-line'
import { linkSession, writeRunSession } from '@/server/services/runs/run-state'
import { readTalk } from '@/server/services/runs/talk'
import { requireFolder } from '@/server/services/runs/work-folder'
import { agentEnvironment } from './agent-environment'

export type PreparedRun = {
  program: AgentProgram
  found: FoundProgram
  cwd: string
  env: NodeJS.ProcessEnv
  /** The session to go on in; null when nothing was said yet. */
  sessionId: string | null
  /** Name of a new session, where the program lets us choose. */
  newSessionId: string
  /** What a new session is told first; null when it needs nothing. */
  brief: Brief | null
  /** A session of another task that holds just what the brief tells. */
  forkOf: string | null
}

/** @throws AppError `precondition_failed` for a folder that is gone or not safe to paste, or a program that is not there. */
export async function prepareRun(ctx: Context, run: RunRow, signal: AbortSignal): Promise<PreparedRun> {
  const owner = await getTaskWithPlace(ctx, run.taskId)
  const cwd = await requireFolder(owner)
  if (run.way === 'print') requirePasteable(cwd)
  const env = agentEnvironment(ctx, run)
  const program = agentProgram(run.agent)
  const found = await program.find(env)
  const place = { cwd, env, program: found }
  const newSessionId = randomUUID()
  const own = await findSessionOf(ctx, run.taskId, run, program, place, signal)
  const source = await talkOwner(ctx, run, owner.task)
  let sessionId = own
  let notCarried: string[] = []
  const told = (run.settings as RunSettings).brief
  let forkOf: string | null = null
  let brief: Brief | null = told ? { text: told, after: null } : null
  if (own === null && run.segmentId !== null) {
    const talk = await readTalk(ctx, source, { segmentId: run.segmentId, seq: run.seq })
    if ('writeBrief' in program) {
      ;({ brief, notCarried } = await program.writeBrief(talk))
      const originId = owner.task.forkedFromTaskId
      forkOf = originId && (await findSessionOf(ctx, originId, run, program, place, signal))
    } else {
      const written = await program.writeSession({ ...place, talk })
      ;({ sessionId, notCarried } = written)
      await linkSession(ctx, run, written)
    }
  }
  const command = sessionId === null ? null : program.resumeCommand(sessionId)
  if (run.way === 'print' && command === null) {
    throw new AppError('precondition_failed', `${program.title} has no command for a terminal. Run it here instead.`)
  }
  await takeAgent(ctx, owner.task, run.agent)
  await writeRunSession(ctx, run, {
    nativeSessionId: sessionId,
    cwd,
    command,
    notCarried,
  })
  return { program, found, cwd, env, sessionId, newSessionId, brief, forkOf }
}

/**
 * A session that Makima wrote or started for a task and that ends where the run goes on: it needs no copy.
 * The agent's own former sessions are never gone on with: they stay as they are.
 */
async function findSessionOf(
  ctx: Context,
  taskId: string,
  run: RunRow,
  program: AgentProgram,
  place: { cwd: string; env: NodeJS.ProcessEnv },
  signal: AbortSignal,
): Promise<string | null> {
  if (run.segmentId === null || program.copiesEachTurn) return null
  const [last] = await ctx.db
    .select({ sessionId: nativeSessions.nativeSessionId })
    .from(nativeSessions)
    .where(and(eq(nativeSessions.taskId, taskId), eq(nativeSessions.agent, run.agent)))
    .orderBy(desc(nativeSessions.createdAt))
    .limit(1)
  if (!last) return null
  const path = await program.findTranscript({ ...place, sessionId: last.sessionId })
  if (path === null) return null
  if (program.goesOn && !(await program.goesOn({ ...place, sessionId: last.sessionId }))) return null
  // A person may have gone on with it in a terminal; what came there is not part of what the page showed.
  await importTranscript(ctx, path, signal)
  const [source] = await ctx.db
    .select({ id: transcriptSources.id })
    .from(transcriptSources)
    .where(
      and(
        eq(transcriptSources.ownerId, ctx.actor.ownerId),
        eq(transcriptSources.path, path),
        isNull(transcriptSources.replacedAt),
      ),
    )
  const [head] = await ctx.db
    .select({ sourceId: messages.sourceId, offset: messages.sourceOffset })
    .from(messages)
    .where(and(eq(messages.segmentId, run.segmentId), eq(messages.seq, run.seq)))
  if (!source || head?.sourceId !== source.id || head.offset === null) return null
  const [later] = await ctx.db
    .select({ seq: messages.seq })
    .from(messages)
    .innerJoin(segments, eq(segments.id, messages.segmentId))
    .where(and(eq(segments.taskId, taskId), eq(messages.sourceId, source.id), gt(messages.sourceOffset, head.offset)))
    .limit(1)
  return later ? null : last.sessionId
}

/** Whose talk is carried: the task's own, or that of the task it goes on from in another agent. */
async function talkOwner(ctx: Context, run: RunRow, task: TaskRow): Promise<TaskRow> {
  if (!run.segmentId || !task.continueFromTaskId || task.headSegmentId) return task
  const [from] = await ctx.db.select().from(tasks).where(eq(tasks.id, task.continueFromTaskId))
  return from ?? task
}

/** A task of a contract of one's own may have been made before it was known who does it. */
async function takeAgent(ctx: Context, task: TaskRow, agent: string): Promise<void> {
  if (task.agent === agent || task.headSegmentId !== null) return
  await ctx.db.update(tasks).set({ agent }).where(eq(tasks.id, task.id))
}
