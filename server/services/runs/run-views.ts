// What is shown of an agent's run: types only, so the browser may import them.

export const OPEN_STATES = ['queued', 'starting', 'running', 'waiting'] as const
/** An agent has the folder. */
export const AT_WORK = ['starting', 'running', 'waiting'] as const
export type RunState = (typeof OPEN_STATES)[number] | 'done' | 'failed' | 'stopped' | 'interrupted'

export type PermissionRequestView = {
  requestId: string
  toolName: string
  input: unknown
  options: { id: string; label: string; kind: 'allow_once' | 'allow_always' | 'reject' }[]
}

export type RunView = {
  id: string
  contractId: string
  taskId: string
  taskName: string
  agent: string
  way: 'here' | 'print'
  mode: 'continue' | 'restart_phase' | 'from_checkpoint'
  state: RunState
  /** Why a queued run does not begin yet; null when it is next. */
  waitsFor: string | null
  prompt: string
  /** The native session that the agent goes on in; null until it is written. */
  sessionId: string | null
  cwd: string | null
  /** What a person types to go on with the session, as one line for a shell. */
  command: string | null
  notCarried: string[]
  /** What the agent waits for a person to answer. */
  pending: PermissionRequestView[]
  costUsd: number | null
  error: { code: string; detail: string } | null
  createdAt: Date
  startedAt: Date | null
  firstOutputAt: Date | null
  finishedAt: Date | null
}

/** What is being written right now: `number` rises by one with each piece, so a reader sees what it missed. */
export type LiveText = { number: number; text: string; thinking: string }

/** What a page hears of an agent at work in a task. */
export type LiveView =
  /** Everything that is being written, to begin with and after a gap. */
  | { type: 'whole'; text: string; thinking: string }
  /** Goes behind what is shown; `from` is how many characters came before it. */
  | { type: 'piece'; kind: 'text' | 'thinking'; text: string; from: number }
  /** It lies in the conversation now, read that anew; but for what is being written right now. */
  | { type: 'recorded'; text: string; thinking: string }
  /** The run began, waits, or has ended: read it anew. */
  | { type: 'state' }

/** The conversation so far in words, as an agent can be told it instead of being given it. */
export type BriefView = {
  text: string
  /** About so many. */
  tokens: number
  /** What the text leaves out, as sentences. */
  notCarried: string[]
}

/** Seen before a resume: what the agent will know. */
export type HandOverView = {
  agent: string
  /** The folder the agent will work in, or why there is none. */
  cwd: string | null
  unavailable: string | null
  messages: number
  /** Of the context that is sent; null when nothing is known. `exact`: the model's own count. */
  tokens: { count: number; exact: boolean } | null
  /** The last message that is carried. */
  last: { messageId: string; at: Date | null; text: string } | null
  /** What the agent will be told, to be edited. */
  prompt: string
  /** A note on what was tried on the path that is left, to be added if wanted; null when no path is left. */
  tried: string | null
  /** What the person said on the path that is left. */
  corrections: { messageId: string; text: string }[]
  notCarried: string[]
  /** Tasks that were interrupted and can go on with the contract. */
  tasks: { taskId: string; name: string; agent: string }[]
}
