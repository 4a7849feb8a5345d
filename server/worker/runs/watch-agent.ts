// Watches one agent from its start to its end: what it writes goes to the pages, what it records into the conversation, what
// it asks waits for a person.
import { setTimeout as sleep } from 'node:timers/promises'
import type { AgentEvent, AgentStream, LaunchInput } from '@/server/agents/types'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { recordEvents } from '@/server/services/history'
import { type LiveMark, LiveWriter } from '@/server/services/runs/live-text'
import type { RunSettings } from '@/server/services/runs/request-run'
import type { RunRow } from '@/server/services/runs/run-log'
import {
  linkSession,
  markAtWork,
  markFirstOutput,
  type RunEnd,
  writePending,
  writeRunSession,
} from '@/server/services/runs/run-state'
import type { PermissionRequestView } from '@/server/services/runs/run-views'
import { type AgentProcess, startAgent } from './agent-process'
import { TranscriptFollower } from './follow-transcript'
import type { PreparedRun } from './prepare-run'
import { passesLimit } from './run-limits'

/** How long an agent may take to end by itself: after a polite word, and after a signal. */
const POLITE_MS = 5_000
const SIGNAL_MS = 5_000
/** After its turn a program ends by itself; one that hangs there is ended. */
const REST_MS = 15_000

type Ended = Extract<AgentEvent, { type: 'turn_ended' }>
export type StopReason = 'asked' | 'worker' | 'limit'

export class AgentWatch {
  private readonly live: LiveWriter
  private readonly follower: TranscriptFollower
  private readonly input: LaunchInput
  private readonly stream: AgentStream
  private process: AgentProcess | null = null
  private sessionId: string | null
  private hasSpoken = false
  private pending: PermissionRequestView[] = []
  private turn: Ended | null = null
  private stopped: { reason: StopReason; sentence: string | null } | null = null

  constructor(
    private readonly ctx: Context,
    private readonly run: RunRow,
    private readonly prepared: PreparedRun,
    signal: AbortSignal,
  ) {
    this.sessionId = prepared.sessionId
    this.live = new LiveWriter(ctx, run)
    this.input = launchInput(run, prepared)
    this.stream = prepared.program.createStream(this.input)
    this.follower = new TranscriptFollower(
      ctx,
      async () => this.sessionId && prepared.program.findTranscript({ ...prepared, sessionId: this.sessionId }),
      signal,
      () => {
        const mark = this.live.mark()
        return async (isNew) => this.onConversation(mark, isNew)
      },
    )
  }

  /** Starts the agent and answers how it ended, when everything it recorded is in the conversation. */
  async work(): Promise<RunEnd> {
    const { program, cwd } = this.prepared
    const launch = program.launch(this.input)
    const child = await startAgent(launch, cwd)
    this.process = child
    await markAtWork(this.ctx, this.run, child.pid, child.pidStart)
    await this.live.changed()
    if (this.stopped) void this.end(child)
    for await (const line of child.lines) {
      for (const event of this.stream.read(line)) await this.on(event)
    }
    const exit = await child.ended
    this.stream.close?.()
    await this.live.flush()
    await this.follower.finish()
    return this.outcome(exit.code, child.errorOutput())
  }

  /** Ends the agent; the first reason counts. */
  stop(reason: StopReason, sentence: string | null = null): void {
    if (this.stopped) return
    this.stopped = { reason, sentence }
    if (this.process) void this.end(this.process)
  }

  /** Gives a person's answer to the agent. An answer to what it does not ask (any more) is passed over. */
  async answer(requestId: string, optionId: string): Promise<void> {
    const request = this.pending.find((asked) => asked.requestId === requestId)
    const option = request?.options.find(({ id }) => id === optionId)
    if (!request || !option || !this.stream.answer) return
    this.process?.write(this.stream.answer(requestId, optionId))
    this.pending = this.pending.filter((asked) => asked !== request)
    await writePending(this.ctx, this.run, this.pending)
    await this.record('permission.answered', {
      runId: this.run.id,
      requestId,
      toolName: request.toolName,
      answer: option.label,
    })
    await this.live.changed()
  }

  private async on(event: AgentEvent): Promise<void> {
    if (!this.hasSpoken && event.type !== 'session' && event.type !== 'send') {
      this.hasSpoken = true
      await markFirstOutput(this.ctx, this.run)
    }
    if (event.type === 'session') await this.onSession(event.sessionId)
    else if (event.type === 'delta') this.live.push(event.kind, event.text)
    else if (event.type === 'recorded') {
      this.live.complete()
      this.follower.poke()
    } else if (event.type === 'tool') this.follower.poke()
    else if (event.type === 'send') this.process?.write(event.text)
    else if (event.type === 'permission') await this.onPermission(event)
    else this.onTurnEnded(event)
  }

  /** Agents that name their sessions themselves, or go on with a resumed one under a new name. */
  private async onSession(sessionId: string): Promise<void> {
    if (sessionId === this.sessionId) return
    await linkSession(this.ctx, this.run, { sessionId, inherited: {} })
    this.sessionId = sessionId
    await writeRunSession(this.ctx, this.run, {
      nativeSessionId: sessionId,
      cwd: this.prepared.cwd,
      command: this.prepared.program.resumeCommand(sessionId),
      notCarried: this.run.notCarried as string[],
    })
  }

  private async onPermission(event: Extract<AgentEvent, { type: 'permission' }>): Promise<void> {
    const { requestId, toolName, input, options } = event
    this.pending = [...this.pending, { requestId, toolName, input, options }]
    await writePending(this.ctx, this.run, this.pending)
    await this.record('permission.requested', { runId: this.run.id, requestId, toolName })
    await this.live.changed()
  }

  private onTurnEnded(event: Ended): void {
    this.turn = event
    const child = this.process
    child?.closeInput()
    void sleep(REST_MS, undefined, { ref: false }).then(() => child?.signal('SIGTERM'))
  }

  private async onConversation(mark: LiveMark, isNew: boolean): Promise<void> {
    await this.live.recorded(mark, isNew)
    if (!isNew) return
    const sentence = await passesLimit(this.ctx, this.run)
    if (sentence) this.stop('limit', sentence)
  }

  private async record(
    eventType: 'permission.requested' | 'permission.answered',
    eventData:
      | { runId: string; requestId: string; toolName: string; answer: string }
      | { runId: string; requestId: string; toolName: string },
  ): Promise<void> {
    const { contractId, taskId, agent } = this.run
    await recordEvents(this.ctx, [
      { contractId, taskId, agent, eventType, eventData } as Parameters<typeof recordEvents>[1][number],
    ])
  }

  private async end(child: AgentProcess): Promise<void> {
    const gone = child.ended.then(() => true)
    const within = (ms: number) => Promise.race([gone, sleep(ms, false, { ref: false })])
    if (this.stream.interrupt) child.write(this.stream.interrupt())
    else child.signal('SIGINT')
    if (await within(POLITE_MS)) return
    child.signal('SIGTERM')
    if (await within(SIGNAL_MS)) return
    child.signal('SIGKILL')
    logger.warn({ run: this.run.id }, 'an agent did not end when it was asked to and was killed')
  }

  private outcome(code: number | null, errorOutput: string): RunEnd {
    const costUsd = this.turn?.costUsd ?? null
    if (this.stopped?.reason === 'worker') {
      const detail = 'Makima was stopped while the agent was at work. Resume it to go on.'
      return { state: 'interrupted', error: { code: 'conflict', detail }, costUsd }
    }
    if (this.stopped) {
      const { sentence } = this.stopped
      return {
        state: 'stopped',
        error: sentence === null ? null : { code: 'precondition_failed', detail: sentence },
        costUsd,
      }
    }
    if (this.turn?.ok) return { state: 'done', error: null, costUsd }
    const { title } = this.prepared.program
    const said = this.turn?.error ?? lastLine(errorOutput)
    const what = this.turn
      ? `${title} could not finish its turn`
      : `${title} ended before its turn was over${code === null ? '' : ` (exit code ${code})`}`
    const sentence = said ? `${what}: ${said.slice(0, 500).replace(/[.…]*$/, '.')}` : `${what}.`
    const detail = this.turn?.advice ? `${sentence} ${this.turn.advice}` : sentence
    // Without an end of its turn the process died under it: the work stands where it stood, and can go on.
    return { state: this.turn ? 'failed' : 'interrupted', error: { code: 'precondition_failed', detail }, costUsd }
  }
}

function launchInput(run: RunRow, prepared: PreparedRun): LaunchInput {
  const { found, cwd, env, sessionId, newSessionId, brief, forkOf } = prepared
  const { model, permissions, maxTurns } = run.settings as RunSettings
  // Who can be given a session knows nothing of a brief: it is the beginning of the prompt.
  const prompt = brief && !('writeBrief' in prepared.program) ? `${brief.text}\n\n${run.prompt}` : run.prompt
  return { cwd, env, program: found, sessionId, newSessionId, prompt, brief, forkOf, model, permissions, maxTurns }
}

function lastLine(text: string): string | null {
  return (
    text
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean)
      .at(-1) ?? null
  )
}
