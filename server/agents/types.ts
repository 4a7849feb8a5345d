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
  /**
   * How much of the session is a copy of the conversation: what the agent writes comes after it. `bytes` of a file that only
   * grows; `until` (milliseconds since 1970) where messages can be removed from a session: what is older is the copy.
   */
  inherited: { bytes?: number; until?: number }
  /** What the agent will not know, as sentences for a person. */
  notCarried: string[]
}

/** What an agent that can be given no session is told before the prompt. */
export type Brief = {
  text: string
  /** The agent's id of the last message that it tells of; null where there is none. */
  after: string | null
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
  /** The program waits for this on its stdin: whole lines with their newlines. */
  | { type: 'send'; text: string }
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
  /** The program has ended; nothing more will be read. */
  close?(): void
}

export type LaunchInput = AgentSurroundings & {
  program: FoundProgram
  /** A session that exists; null starts a new one (under `newSessionId` where the program lets us choose). */
  sessionId: string | null
  newSessionId: string
  prompt: string
  /** Told before the prompt to a new session of an agent that can be given none. */
  brief?: Brief | null
  /** A session that holds just what the brief tells: an agent that can fork one needs no brief. */
  forkOf?: string | null
  model: string | null
  /** `ask`: what needs permission is asked; `allow`: everything in the folder is allowed. */
  permissions: 'ask' | 'allow'
  maxTurns: number | null
}

interface Program {
  agent: Agent
  title: string
  /**
   * Finds the program in `PATH` (or where an environment variable of ours points) and asks its version.
   * @throws AppError `precondition_failed` with how to install it.
   */
  find(env: NodeJS.ProcessEnv): Promise<FoundProgram>
  /** False when a session cannot be gone on with though it was recorded; without it every one can. */
  goesOn?(input: AgentSurroundings & { sessionId: string }): Promise<boolean>
  /**
   * What a person types to go on with a session in a terminal, as an argument list that begins with the program's name.
   * Null for a program that has no terminal.
   */
  resumeCommand(sessionId: string): string[] | null
  /** A turn without a terminal. */
  launch(input: LaunchInput): AgentLaunch
  /** A reader for the output of the turn that was launched with the same input. */
  createStream(input: LaunchInput): AgentStream
  /**
   * True when a session that went on in this program is best not gone on with again: each turn gets a copy of its own.
   */
  copiesEachTurn?: boolean
  /**
   * Where the program records a session, once it does: a file, or a database with the session's id as `…/x.db#id`.
   */
  findTranscript(input: AgentSurroundings & { sessionId: string }): Promise<string | null>
}

/** An agent whose sessions Makima can write. */
export interface SessionProgram extends Program {
  /**
   * Writes the talk as a session of this agent under a new id, beside the agent's own, cut at the end of a turn. Never changes
   * a file that exists. A talk of another agent is translated; what is lost is told in `notCarried`.
   */
  writeSession(input: AgentSurroundings & { program: FoundProgram; talk: Talk }): Promise<WrittenSession>
}

/** An agent that can be given no session: it is told in words what was said. */
export interface BriefedProgram extends Program {
  /** What is lost is told in `notCarried`. */
  writeBrief(talk: Talk): Promise<{ brief: Brief; notCarried: string[] }>
}

export type AgentProgram = SessionProgram | BriefedProgram
