// A turn of any agent over the Agent Client Protocol: opens or goes on with a session, sends the prompt, says what happens.
// The client of the protocol's own library answers by promises, an AgentStream at once; its names and types are used here.
import {
  AGENT_METHODS,
  CLIENT_METHODS,
  type InitializeRequest,
  type InitializeResponse,
  PROTOCOL_VERSION,
  type SessionConfigOption,
  type StopReason,
} from '@agentclientprotocol/sdk'
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import type { AcpJournal } from './acp-journal'
import { AcpPermissions, CANCELLED, optionsOf, selected } from './acp-permissions'
import { parseLine } from './codex-stream'
import { METHOD_NOT_FOUND, type RpcCall, type RpcFailure, RpcLines } from './rpc-lines'
import type { AgentEvent, AgentLaunch, AgentStream, LaunchInput } from './types'

type JsonObject = Record<string, unknown>

export type AcpAgent = {
  title: string
  /** What a person must do first, from the words of an error; null when nothing is known. */
  advise(error: string): string | null
  /** What to do when the agent asks for a login. */
  login: string
  /** The way to log in for which everything is there, of those that are offered; null to leave it to the agent. */
  authMethod?(env: NodeJS.ProcessEnv, offered: string[]): string | null
  /** Of agents that keep no transcript which Makima reads: where what is said is kept. */
  createJournal?(env: NodeJS.ProcessEnv): AcpJournal
}

const AUTH_REQUIRED = -32000
/** Not in the stable protocol yet; several agents know it. */
const FORK = 'session/fork'
/** Not in the stable protocol; what it replaced is still what some agents know. */
const SET_MODEL = 'session/set_model'

/** Names that begin so are for extensions: who does not know one answers that. */
const PING = '_makima/ping'

const INITIALIZE: InitializeRequest = {
  protocolVersion: PROTOCOL_VERSION,
  clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
  clientInfo: { name: 'makima', title: 'Makima', version: '1' },
}

const STOPPED: Record<Exclude<StopReason, 'end_turn'>, string> = {
  cancelled: 'The turn was interrupted.',
  max_tokens: 'The answer became longer than the model may write.',
  max_turn_requests: 'The limit of turns is reached.',
  refusal: 'The model refused to go on.',
}

/** Starts a program that speaks ACP when it is given `args`. */
export function launchAcp(input: LaunchInput, args: string[]): AgentLaunch {
  const stdin = new RpcLines<void>().request(AGENT_METHODS.initialize, INITIALIZE, { result() {}, failure() {} })
  return { file: input.program.path, args, env: { ...input.env, PWD: input.cwd }, stdin, keepsStdin: true }
}

export class AcpStream implements AgentStream {
  private readonly rpc = new RpcLines<AgentEvent[]>()
  private readonly permissions: AcpPermissions
  private readonly calls = new Map<string, { name: string; input: unknown }>()
  private sessionId: string | null = null
  private works = false
  private toldBefore = 0
  private interrupted = false
  /** The session holds what the brief would tell. */
  private isForked = false
  private readonly journal: AcpJournal | null
  private about: { agent: string | null; goesOn: boolean } = { agent: null, goesOn: false }

  constructor(
    private readonly agent: AcpAgent,
    private readonly input: LaunchInput,
  ) {
    this.permissions = new AcpPermissions(input.cwd)
    this.journal = agent.createJournal?.(input.env) ?? null
    // `launchAcp` has sent it: the first request of a connection always has the same id.
    this.ask(AGENT_METHODS.initialize, INITIALIZE, (result) => this.onInitialized(result))
  }

  read(line: string): AgentEvent[] {
    const message = parseLine(line)
    try {
      const read = message === null ? null : this.rpc.read(message)
      if (read === null) return []
      return 'done' in read ? read.done : this.onCall(read.call)
    } catch (error) {
      // Only the journal throws: the disk is full, say. What cannot be kept must not go on being said.
      const cancel: AgentEvent = { type: 'send', text: this.interrupt() }
      const advice = 'Make room in the data folder of Makima, then send the prompt again.'
      return [cancel, ...this.end(`what it says could not be kept (${String(error)})`, advice)]
    }
  }

  close(): void {
    try {
      this.journal?.endWords()
    } catch {
      // Of the last words only the live text is left; the run has its sentence already.
    }
  }

  answer(requestId: string, optionId: string): string {
    const id = this.permissions.take(requestId)
    return id === undefined ? '' : this.rpc.response(id, selected(optionId))
  }

  interrupt(): string {
    this.interrupted = true
    if (!this.works) return ''
    const refusals = this.permissions.takeAll().map((id) => this.rpc.response(id, CANCELLED))
    return [...refusals, this.rpc.notification(AGENT_METHODS.session_cancel, { sessionId: this.sessionId })].join('')
  }

  private onInitialized(result: JsonObject): AgentEvent[] {
    const { protocolVersion, agentCapabilities, authMethods, agentInfo } =
      result as unknown as Partial<InitializeResponse>
    if (protocolVersion !== PROTOCOL_VERSION) {
      return this.end(`it speaks version ${protocolVersion} of the protocol, Makima speaks ${PROTOCOL_VERSION}`)
    }
    const { loadSession, sessionCapabilities } = agentCapabilities ?? {}
    this.about = {
      agent: agentInfo ? [agentInfo.title ?? agentInfo.name, agentInfo.version].filter(Boolean).join(' ') : null,
      goesOn: Boolean(loadSession || sessionCapabilities?.resume),
    }
    const offered = (Array.isArray(authMethods) ? authMethods : []).map(({ id }) => id)
    const open = () => this.openSession(agentCapabilities ?? {})
    const methodId = this.agent.authMethod?.(this.input.env, offered) ?? null
    return methodId === null ? open() : [this.ask(AGENT_METHODS.authenticate, { methodId }, open)]
  }

  private openSession(capabilities: NonNullable<InitializeResponse['agentCapabilities']>): AgentEvent[] {
    const { sessionId, cwd } = this.input
    const place = { cwd, mcpServers: [] }
    if (sessionId === null) return [this.openNew(place, capabilities)]
    const goesOn = (method: string) => [
      this.goOn(method, { sessionId, ...place }, (result) => this.onSession(sessionId, result)),
    ]
    if (capabilities.sessionCapabilities?.resume) return goesOn(AGENT_METHODS.session_resume)
    if (capabilities.loadSession) {
      return [
        this.goOn(AGENT_METHODS.session_load, { sessionId, ...place }, (result) =>
          this.whenQuiet(() => this.onSession(sessionId, result)),
        ),
      ]
    }
    return this.end('it cannot go on with a session')
  }

  /** A fork of what the agent knows already, where that can be; else a session that knows nothing. */
  private openNew(place: object, capabilities: object): AgentEvent {
    const anew = () =>
      this.ask(AGENT_METHODS.session_new, place, (result) => this.onSession(asString(result.sessionId), result))
    const { forkOf } = this.input
    const { sessionCapabilities } = capabilities as { sessionCapabilities?: JsonObject | null }
    if (!forkOf || !sessionCapabilities?.fork) return anew()
    const text = this.rpc.request(
      FORK,
      { sessionId: forkOf, ...place },
      {
        result: (result) =>
          this.whenQuiet(() => {
            this.isForked = true
            return this.onSession(asString(result.sessionId), result)
          }),
        failure: () => [anew()],
      },
    )
    return { type: 'send', text }
  }

  /**
   * Some agents answer the loading before they have told all that was said before, which would then pass for what they
   * say now: `next` comes when nothing was told between a question and its answer.
   */
  private whenQuiet(next: () => AgentEvent[]): AgentEvent[] {
    const toldBefore = this.toldBefore
    const answered = () => (this.toldBefore === toldBefore ? next() : this.whenQuiet(next))
    return [{ type: 'send', text: this.rpc.request(PING, {}, { result: answered, failure: answered }) }]
  }

  private onSession(sessionId: string | null, result: JsonObject): AgentEvent[] {
    if (sessionId === null) return this.end('it opened a session without a name')
    this.sessionId = sessionId
    const model = this.input.model ?? currentModel(result)
    const isNew = this.input.sessionId === null
    const head = { cwd: this.input.cwd, ...this.about, after: this.input.brief?.after ?? null }
    this.journal?.open(sessionId, model, isNew ? head : null)
    const events: AgentEvent[] = isNew ? [{ type: 'session', sessionId, model }] : []
    const prompt = () => this.prompt()
    if (this.input.model === null || this.input.model === currentModel(result)) return [...events, ...prompt()]
    const option = modelOption(result)
    const chosen = option
      ? this.ask(
          AGENT_METHODS.session_set_config_option,
          { sessionId, configId: option.id, value: this.input.model },
          prompt,
        )
      : this.ask(SET_MODEL, { sessionId, modelId: this.input.model }, prompt)
    return [...events, chosen]
  }

  private prompt(): AgentEvent[] {
    if (this.interrupted) return this.end(STOPPED.cancelled)
    this.works = true
    const { prompt: text } = this.input
    const brief = this.isForked ? null : this.input.brief
    const prompt = [...(brief ? [brief.text] : []), text].map((part) => ({ type: 'text', text: part }))
    this.journal?.prompt(text, brief?.text ?? null)
    const asked = this.ask(AGENT_METHODS.session_prompt, { sessionId: this.sessionId, prompt }, (result) =>
      this.onTurnEnd(result),
    )
    return this.journal ? [asked, { type: 'recorded' }] : [asked]
  }

  private onTurnEnd({ stopReason, usage }: JsonObject): AgentEvent[] {
    this.journal?.turn(stopReason, usage)
    return stopReason === 'end_turn'
      ? [{ type: 'recorded' }, { type: 'turn_ended', ok: true, error: null, costUsd: null, advice: null }]
      : this.end(STOPPED[stopReason as keyof typeof STOPPED] ?? `it stopped (${String(stopReason)})`)
  }

  private onCall({ id, method, params }: RpcCall): AgentEvent[] {
    if (method === CLIENT_METHODS.session_update) {
      // Until the prompt is sent an agent tells what was said before.
      if (!this.works) this.toldBefore++
      if (!this.works || !isObject(params.update)) return []
      const recorded = this.journal?.update(params.update) ?? false
      // What is complete is told first: the piece that comes now belongs to what follows.
      return [...(recorded ? [{ type: 'recorded' } as const] : []), ...this.onUpdate(params.update)]
    }
    if (method === CLIENT_METHODS.session_request_permission) return this.onPermission(id, params)
    if (id === null) return []
    return [{ type: 'send', text: this.rpc.refusal(id, METHOD_NOT_FOUND, `Makima does not do ${method}.`) }]
  }

  private onUpdate(update: JsonObject): AgentEvent[] {
    switch (update.sessionUpdate) {
      case 'agent_message_chunk':
        return delta('text', update.content)
      case 'agent_thought_chunk':
        return delta('thinking', update.content)
      case 'tool_call':
      case 'tool_call_update':
        return this.onTool(update)
      default:
        return []
    }
  }

  private onTool(update: JsonObject): AgentEvent[] {
    const toolId = asString(update.toolCallId) ?? ''
    const isNew = !this.calls.has(toolId)
    const call = this.noteCall(toolId, update)
    const started: AgentEvent[] = isNew ? [{ type: 'tool', toolId, ...call, state: 'started' }] : []
    if (update.status !== 'completed' && update.status !== 'failed') return started
    return [...started, { type: 'tool', toolId, ...call, state: 'ended' }, { type: 'recorded' }]
  }

  /** The first title names the tool in most agents, later ones say what it does. */
  private noteCall(toolId: string, update: JsonObject): { name: string; input: unknown } {
    const known = this.calls.get(toolId)
    const name = known?.name ?? asString(update.name) ?? asString(update.title) ?? asString(update.kind) ?? ''
    const call = { name, input: update.rawInput ?? known?.input ?? { title: update.title } }
    this.calls.set(toolId, call)
    return call
  }

  private onPermission(id: RpcCall['id'], params: JsonObject): AgentEvent[] {
    const toolCall = isObject(params.toolCall) ? params.toolCall : {}
    const options = optionsOf(params)
    const allowed = options.find(({ kind }) => kind === 'allow_once')
    if (this.input.permissions === 'allow' && allowed && this.permissions.isInFolder(toolCall)) {
      return [{ type: 'send', text: this.rpc.response(id, selected(allowed.id)) }]
    }
    const { name, input } = this.noteCall(asString(toolCall.toolCallId) ?? '', toolCall)
    return [{ type: 'permission', requestId: this.permissions.add(id), toolName: name, input, options }]
  }

  /** A session that the agent lost cannot be gone on with the next time either. */
  private goOn(method: string, params: object, result: (value: JsonObject) => AgentEvent[]): AgentEvent {
    const failure = (error: RpcFailure) => {
      if (!this.journal || error.code === AUTH_REQUIRED) return this.onFailure(error)
      if (this.input.sessionId !== null) this.journal.lost(this.input.sessionId)
      return this.end(error.message, 'Send the prompt again: the agent is then told what was said before.')
    }
    return { type: 'send', text: this.rpc.request(method, params, { result, failure }) }
  }

  private ask(method: string, params: object, result: (value: JsonObject) => AgentEvent[]): AgentEvent {
    return {
      type: 'send',
      text: this.rpc.request(method, params, { result, failure: (error) => this.onFailure(error) }),
    }
  }

  private onFailure({ code, message }: RpcFailure): AgentEvent[] {
    return this.end(message, code === AUTH_REQUIRED ? this.agent.login : this.agent.advise(message))
  }

  private end(error: string, advice: string | null = null): AgentEvent[] {
    this.works = false
    return [{ type: 'recorded' }, { type: 'turn_ended', ok: false, error, costUsd: null, advice }]
  }
}

function delta(kind: 'text' | 'thinking', content: unknown): AgentEvent[] {
  const text = isObject(content) ? asString(content.text) : null
  return text === null ? [] : [{ type: 'delta', kind, text }]
}

function modelOption(result: JsonObject): SessionConfigOption | null {
  const options = (Array.isArray(result.configOptions) ? result.configOptions : []) as SessionConfigOption[]
  return options.find(({ id, category }) => category === 'model' || id === 'model') ?? null
}

function currentModel(result: JsonObject): string | null {
  const models = isObject(result.models) ? result.models : {}
  return asString(modelOption(result)?.currentValue) ?? asString(models.currentModelId)
}
