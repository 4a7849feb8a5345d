// What Makima knows of an agent's program: where it is, how a conversation becomes a session of its own, how a turn is
// started and what its output says. One file set an agent; nothing here touches the database.
import type { Agent } from '@/server/transcripts/agents'
import type { RawRecord } from '@/server/transcripts/types'

/** A row of the conversation in force, whole (never cut), oldest first. */
export type TalkRow = {
  role: 'user' | 'assistant' | 'system' | 'tool'
  kind: 'prompt' | 'command' | 'text' | 'thinking' | 'tool' | 'summary' | 'notice' | 'unknown'
  text: string | null
  toolName: string | null
  /** JSON text of the call's input. */
  toolInput: string | null
  /** Null while the call has no answer. */
  toolResult: string | null
  isError: boolean | null
  /** The agent's ids of the record, of the model's message and of the call. */
  nativeId: string | null
  nativeMessageId: string | null
  nativeToolId: string | null
  model: string | null
  /** Milliseconds since 1970. */
  at: number | null
  subtype: string | null
}

/** A record of the transcripts behind a conversation. Sources are numbered from 0 in the order in which they were read. */
export type TalkRecord = { source: number; thread: string; record: RawRecord }

/**
 * A conversation up to a message, with the records it was read from. Both lists can be walked several times; they stream,
 * for a conversation may be larger than memory.
 */
export type Talk = {
  /** Whose records these are. */
  agent: Agent
  /** What is in force, up to the cut. */
  rows(): AsyncIterable<TalkRow>
  /** Every record that was read for the task and for what it was forked from, also those not in force any more. */
  records(): AsyncIterable<TalkRecord>
  /** The last row in force; null when nothing was said yet. */
  last: TalkRow | null
}

export type AgentSurroundings = {
  /** Where the agent works: the real path of an existing folder. */
  cwd: string
  /** Environment that the agent gets; its home folders are found from it (`HOME`, `CLAUDE_CONFIG_DIR`, `CODEX_HOME` …). */
  env: NodeJS.ProcessEnv
}

export type FoundProgram = { path: string; version: string }

export type WrittenSession = {
  sessionId: string
  /** Files that were made; none of them existed before. */
  files: string[]
  /** How much of the session is a copy of the conversation: what the agent writes comes after it. */
  inherited: { bytes?: number; messages?: number }
  /** What the agent will not know, as sentences for a person. */
  notCarried: string[]
}

/** How a permission that an agent asks for can be answered. */
export type PermissionOption = { id: string; label: string; kind: 'allow_once' | 'allow_always' | 'reject' }

/** What the output of a running agent says. Whole messages come by reading its transcript; this only says when to look. */
export type AgentEvent =
  | { type: 'session'; sessionId: string; model: string | null }
  /** A piece of text that is being written now. */
  | { type: 'delta'; kind: 'text' | 'thinking'; text: string }
  /** Something was finished and lies in the transcript, or will within a moment. */
  | { type: 'recorded' }
  | { type: 'tool'; toolId: string; name: string; input: unknown; state: 'started' | 'ended' }
  | { type: 'permission'; requestId: string; toolName: string; input: unknown; options: PermissionOption[] }
  /** The agent is at rest: the turn has ended, well or not. */
  | {
      type: 'turn_ended'
      ok: boolean
      error: string | null
      costUsd: number | null
      /** What people must do first: log in, for example. Null when nothing is known. */
      advice: string | null
    }

/** A started turn: write to `stdin` first, then read lines. */
export type AgentLaunch = {
  file: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** Written to the program at once. */
  stdin: string
  /** True: stdin stays open for answers; it is closed when the turn has ended. */
  keepsStdin: boolean
}

/** Reads the output of one launch. */
export interface AgentStream {
  /** One line without its newline. Never throws: what is not understood says nothing. */
  read(line: string): AgentEvent[]
  /** What to write to stdin as the answer to a permission request. */
  answer?(requestId: string, optionId: string): string
  /** What to write to stdin to end the turn politely; without it the process is sent a signal. */
  interrupt?(): string
}

export type LaunchInput = AgentSurroundings & {
  program: FoundProgram
  /** A session that exists; null starts a new one (under `newSessionId` where the program lets us choose). */
  sessionId: string | null
  newSessionId: string
  prompt: string
  model: string | null
  /** `ask`: what needs permission is asked; `allow`: everything in the folder is allowed. */
  permissions: 'ask' | 'allow'
  maxTurns: number | null
}

export interface AgentProgram {
  agent: Agent
  title: string
  /**
   * Finds the program in `PATH` (or where an environment variable of ours points) and asks its version.
   * @throws AppError `precondition_failed` with how to install it.
   */
  find(env: NodeJS.ProcessEnv): Promise<FoundProgram>
  /**
   * Writes the talk as a session of this agent under a new id, beside the agent's own, cut at the end of a turn. Never changes
   * a file that exists. A talk of another agent is translated; what is lost is told in `notCarried`.
   */
  writeSession(input: AgentSurroundings & { program: FoundProgram; talk: Talk }): Promise<WrittenSession>
  /** What a person types to go on with a session in a terminal, as an argument list that begins with the program's name. */
  resumeCommand(sessionId: string): string[]
  /** A turn without a terminal. */
  launch(input: LaunchInput): AgentLaunch
  createStream(): AgentStream
  /** The file in which the program records a session, once there is one. */
  findTranscript(input: AgentSurroundings & { sessionId: string }): Promise<string | null>
}
