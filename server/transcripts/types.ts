// What a transcript reader says about an agent's records, before anything touches the database.
// Pure data: no reader here opens a file, asks the time or throws on odd input.

import type { Agent } from './agents'

/** A piece of a source that ends at a newline (the last piece of a source may not). */
export type Block = {
  /** Where the piece begins in the source, in bytes. */
  offset: number
  bytes: Buffer
  /** False for a last piece whose tail is neither newline-terminated nor a complete value. */
  complete: boolean
}

/** One JSON value of a source, or the bytes that should have been one. */
export type RawRecord = {
  /** Where the record begins in the source and how many bytes it has (newline not counted). */
  offset: number
  length: number
  /** 1-based line; two records glued on one line share it. */
  line: number
  /**
   * Null when the bytes are not a JSON object; `problem` says why. With `bad_utf8` there is a value all the same, in which
   * unreadable bytes have become U+FFFD.
   */
  value: Record<string, unknown> | null
  problem: null | 'not_json' | 'not_an_object' | 'cut' | 'bad_utf8' | 'too_long' | 'too_many_values' | 'unreadable'
  /** True when the bytes had to be taken apart or cleaned to be read (glued values, a byte order mark, NUL bytes). */
  healed: boolean
  /** In a document that holds a list of messages: where each of them lies in the source. */
  elements?: Span[]
}

/** A stretch of a source, in bytes. */
export type Span = { offset: number; length: number }

export type MessageRole = 'user' | 'assistant' | 'system' | 'tool'
export type MessageKind = 'prompt' | 'command' | 'text' | 'thinking' | 'tool' | 'summary' | 'notice' | 'unknown'

/** The main thread of a session is `''`; a subagent's thread is its agent id. */
export type ThreadKey = string

export type Usage = { input: number; output: number; cacheRead: number; cacheWrite: number }

/** One row of a conversation with its place: (thread, segment, seq); seq is dense from 1 in its segment. */
export type PlacedMessage = {
  thread: ThreadKey
  segment: number
  seq: number
  role: MessageRole
  kind: MessageKind
  /** What a person reads; cut at TEXT_LIMIT characters. U+0000 never occurs. */
  text: string | null
  toolName: string | null
  /** JSON text of the input; valid JSON when not cut. */
  toolInput: string | null
  toolResult: string | null
  isError: boolean | null
  durationMs: number | null
  /** The agent's id of the tool call (`toolu_…`). */
  nativeToolId: string | null
  /** The agent's id of the record (`uuid`) and of the model message it belongs to. */
  nativeId: string | null
  nativeMessageId: string | null
  model: string | null
  /** Only on the first row of a model message. */
  usage: Usage | null
  /** What the agent itself says that the message cost, in US dollars; null when it says nothing. Stands beside `usage`. */
  cost: number | null
  /** Milliseconds since 1970, from the record. */
  at: number | null
  /** The source that was current when the record was read (`beginSource`). */
  source: number
  offset: number
  length: number
  /** Where the record with the tool's result lies. */
  resultSource: number | null
  resultOffset: number | null
  resultLength: number | null
  /** Text, input or result was cut; the whole lies at the offsets. */
  truncated: boolean
  /** Why a notice or unknown row exists, e.g. `compact_boundary`, `api_error`, `interrupt`, `record:foo`. */
  subtype: string | null
}

/** A later fact about a row that `drain` has handed out already. */
export type MessagePatch =
  | {
      type: 'result'
      thread: ThreadKey
      segment: number
      seq: number
      toolResult: string | null
      isError: boolean | null
      durationMs: number | null
      resultSource: number
      resultOffset: number
      resultLength: number
      truncated: boolean
    }
  | { type: 'usage'; thread: ThreadKey; segment: number; seq: number; usage: Usage; cost: number | null }
  /** The text was written again, more complete; its record lies elsewhere now. */
  | {
      type: 'text'
      thread: ThreadKey
      segment: number
      seq: number
      text: string
      source: number
      offset: number
      length: number
      truncated: boolean
    }

/** A stretch of a thread. `parent` is null at a root; else the row of another segment after which this one goes on. */
export type SegmentState = { parent: { segment: number; seq: number } | null; length: number }

/** Everything known of a thread so far; grows while records are read. */
export type ThreadState = {
  key: ThreadKey
  segments: SegmentState[]
  /** The conversation in force ends here: a segment and how many of its rows count. */
  head: { segment: number; seq: number }
  firstAt: number | null
  lastAt: number | null
  /** For subagents: the tool call that started it, what it was asked, its kind. */
  spawnedByToolId: string | null
  description: string | null
  agentType: string | null
  /** True when its end was seen (result of the call that started it, or a notification). */
  finished: boolean
  models: Set<string>
  messageCount: number
  toolCallCount: number
  tokens: Usage
}

/** A fact about the session at a moment, for the timeline. */
export type SessionFact =
  | { type: 'phase'; phase: 'plan' | 'execute'; at: number | null; thread: ThreadKey; segment: number; seq: number }
  | {
      type: 'compaction'
      trigger: string | null
      preTokens: number | null
      at: number | null
      thread: ThreadKey
      segment: number
      seq: number
    }
  /** `toSegment` was opened after row `seq` of its parent segment (0: at the root); `fromSegment` was in force before. */
  | { type: 'native_rewind'; at: number | null; thread: ThreadKey; fromSegment: number; toSegment: number; seq: number }
  | { type: 'pull_request'; url: string; number: number | null; at: number | null }

/** What identifies and describes a session, from all its records. */
export type SessionFacts = {
  /** The majority session id, and every other id that occurs. */
  sessionId: string | null
  otherSessionIds: string[]
  /** custom title > ai title > summary of this session > first prompt, one line. */
  title: string | null
  /** Working directories in order of first appearance, with the branch seen there. */
  cwds: { cwd: string; branch: string | null; firstAt: number | null; lastAt: number | null }[]
  /** Of agents that do not name the folder: a SHA-256 of its path, in hex. */
  folderHash?: string | null
  version: string | null
  /** True if a record says that this is a copy made by a fork in the background. */
  background: boolean
  /** The first prompt is "Implement the following plan" with a plan of a former session. */
  continuesPlan: boolean
}

/** What one source holds, counted over that source alone (the rules are those of the format's document). */
export type SourceReport = {
  records: number
  messages: number
  prompts: number
  assistantMessages: number
  toolCalls: number
  toolResults: number
  toolErrors: number
  tokens: Usage
  firstAt: number | null
  lastAt: number | null
  /** Records of a type that the reader does not know; kept and shown raw. `unknownTypes` counts them by name. */
  unknown: number
  unknownTypes: Record<string, number>
  /** Records that were read only after taking bytes apart. */
  healed: number
  /** Lines that are no record at all, with their reason; at most 100 are named, all are counted. */
  bad: number
  problems: { line: number; reason: string }[]
}

/**
 * Reads the records of one session, in order, from one or several sources.
 * A record whose native id is known already places nothing again.
 */
export interface TranscriptReader {
  /**
   * Rows from now on lie in this source. Its first `copiedBytes`, or what is not younger than `copiedUntil` (milliseconds
   * since 1970), are a copy of a talk that was read before.
   */
  beginSource(source: number, copiedBytes?: number, copiedUntil?: number): void
  /**
   * From now on unknown records belong to a fork: the first opens a new segment even at the tip of an old one, and no
   * row read before changes any more. Totals of threads and `facts` begin anew, so that they describe the fork.
   */
  beginFork(): void
  /**
   * Threads whose own file is at hand: copies of their records inside the main file are passed over. To be called before
   * the main file is read, unless the threads' files are read first.
   */
  ignoreInlineThreads(keys: Iterable<ThreadKey>): void
  /** Reads one record; `thread` names the subagent whose file it comes from. Never throws on data. */
  read(record: RawRecord, thread?: ThreadKey): void
  /** Hands out what came since the last call and forgets it: memory holds only what later records can refer to. */
  drain(): { messages: PlacedMessage[]; patches: MessagePatch[]; facts: SessionFact[] }
  /** Rows that `drain` would hand out, and about how many characters they hold. */
  pending(): { rows: number; characters: number }
  threads(): ReadonlyMap<ThreadKey, ThreadState>
  facts(): SessionFacts
}

/** Which session and thread a source belongs to, as its first records tell it. */
export type SourceDescription = {
  /** The session of the main thread, also in the file of a subagent. */
  sessionId: string | null
  /** The subagent whose own file this is; empty for a main thread. */
  thread: ThreadKey
  /** Ids of the user records seen: a fork holds copies of its origin's. */
  userIds: string[]
  /** The session this one says it was forked from. */
  forkedFrom: string | null
  /** Begins with the plan of another session. */
  carriesOutPlan: boolean
  /** The first time that a record of the talk has, as written (ISO 8601). */
  firstAt: string | null
}

/** One line of the table of agents (formats.ts). */
export type TranscriptFormat = {
  agent: Agent
  /** Of agents that write a session as one JSON document: the member that lists its messages; else null. */
  documentList: string | null
  /** True if a record could be of this format; asked for the first records of a file until one is sure. */
  recognises(value: Record<string, unknown>): boolean
  /** Tells from the first records of a source, and from where it lies, whose it is. */
  describe(values: Record<string, unknown>[], path: string): SourceDescription
  createReader(): TranscriptReader
  createCounter(): { count(record: RawRecord): void; report(): SourceReport }
}

/** Characters kept in a row; the rest is read from the source when it is opened. */
export const TEXT_LIMIT = 16_384
export const TOOL_INPUT_LIMIT = 8_192
export const TOOL_RESULT_LIMIT = 4_096
