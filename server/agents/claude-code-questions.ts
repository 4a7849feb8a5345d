// What Claude Code asks while it works: permissions for tools, and questions of the model with answers to choose from.
import { asString, isObject } from '@/server/transcripts/claude-code-content'
import type { AgentEvent, PermissionOption } from './types'

type JsonObject = Record<string, unknown>
type Permission = Extract<AgentEvent, { type: 'permission' }>

type Question = { text: string; options: string[] }

/** One request of the program; a model may ask several questions in one, each of which is a request to the person. */
type Asked = {
  requestId: string
  input: JsonObject
  /** What makes the program not ask again. */
  updates: JsonObject[]
  questions: Question[]
  answers: Record<string, string>
}

const REJECT: PermissionOption = { id: 'reject', label: 'Reject', kind: 'reject' }
const ALLOW: PermissionOption = { id: 'allow', label: 'Allow', kind: 'allow_once' }
const ALLOW_ALWAYS: PermissionOption = {
  id: 'allow_always',
  label: 'Allow, and do not ask again in this turn',
  kind: 'allow_always',
}

export class ClaudeCodeQuestions {
  private readonly open = new Map<string, { asked: Asked; question: Question | null }>()

  /** A `control_request` as requests to the person; nothing for what only concerns programs. */
  read(value: JsonObject): Permission[] {
    const request = isObject(value.request) ? value.request : {}
    const requestId = asString(value.request_id)
    if (requestId === null || request.subtype !== 'can_use_tool') return []
    const toolName = asString(request.tool_name) ?? ''
    const input = isObject(request.input) ? request.input : {}
    const questions = toolName === 'AskUserQuestion' ? questionsOf(input) : []
    const updates = updatesOf(request.permission_suggestions)
    const asked: Asked = { requestId, input, updates, questions, answers: {} }
    if (questions.length === 0) {
      this.open.set(requestId, { asked, question: null })
      const options = [ALLOW, ...(updates.length > 0 ? [ALLOW_ALWAYS] : []), REJECT]
      return [{ type: 'permission', requestId, toolName, input, options }]
    }
    return questions.map((question, index) => {
      const id = index === 0 ? requestId : `${requestId}#${index}`
      this.open.set(id, { asked, question })
      const options = question.options.map(
        (label, place): PermissionOption => ({ id: `answer:${place}`, label, kind: 'allow_once' }),
      )
      const own = { questions: [(input.questions as unknown[])[index]] }
      return { type: 'permission', requestId: id, toolName, input: own, options: [...options, REJECT] }
    })
  }

  /** The program no longer waits for an answer. */
  forget(requestId: string): void {
    for (const [id, { asked }] of this.open) if (asked.requestId === requestId) this.open.delete(id)
  }

  /** What to write as the answer; nothing while other questions of the same request are open, or when none is. */
  answer(requestId: string, optionId: string): string {
    const found = this.open.get(requestId)
    if (found === undefined) return ''
    const { asked, question } = found
    this.open.delete(requestId)
    if (optionId === REJECT.id) {
      this.forget(asked.requestId)
      return write(asked, { behavior: 'deny', message: 'The user rejected this.' })
    }
    if (question === null) {
      const always = optionId === ALLOW_ALWAYS.id ? { updatedPermissions: asked.updates } : {}
      return write(asked, { behavior: 'allow', updatedInput: asked.input, ...always })
    }
    asked.answers[question.text] = question.options[Number(optionId.replace('answer:', ''))] ?? optionId
    if (Object.keys(asked.answers).length < asked.questions.length) return ''
    return write(asked, { behavior: 'allow', updatedInput: { ...asked.input, answers: asked.answers } })
  }
}

function write({ requestId }: Asked, response: JsonObject): string {
  const answer = { type: 'control_response', response: { subtype: 'success', request_id: requestId, response } }
  return `${JSON.stringify(answer)}\n`
}

/** Rules for this process alone: an answer on the page must not write into the settings of the repository. */
function updatesOf(suggestions: unknown): JsonObject[] {
  const updates = Array.isArray(suggestions) ? suggestions.filter(isObject) : []
  return updates.map((update) => ({ ...update, destination: 'session' }))
}

/** Nothing when a question has no answers to choose from: then the whole request is one to allow or to reject. */
function questionsOf(input: JsonObject): Question[] {
  const questions = (Array.isArray(input.questions) ? input.questions : []).filter(isObject).map((question) => ({
    text: asString(question.question) ?? '',
    options: (Array.isArray(question.options) ? question.options : [])
      .filter(isObject)
      .map((option) => asString(option.label) ?? ''),
  }))
  const texts = new Set(questions.map((question) => question.text))
  return texts.size === questions.length && questions.every((question) => question.options.length > 0) ? questions : []
}
