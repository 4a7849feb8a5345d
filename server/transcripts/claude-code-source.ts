// Tells from the first records of a Claude Code source whose it is. Never from the first record alone: it may be of any
// kind and may name another session.

import { isObject } from './claude-code-content'
import { cleanText } from './row-text'
import type { SourceDescription } from './types'

type JsonObject = Record<string, unknown>

export function describeClaudeCodeSource(values: JsonObject[]): SourceDescription {
  const sessions = new Map<string, number>()
  const agents = new Set<string>()
  let sidechain = 0
  let chained = 0
  const userIds: string[] = []
  let firstAt: string | null = null
  for (const value of values) {
    if (typeof value.sessionId === 'string') sessions.set(value.sessionId, (sessions.get(value.sessionId) ?? 0) + 1)
    if (typeof value.uuid !== 'string') continue
    chained += 1
    if (value.isSidechain === true) sidechain += 1
    if (typeof value.agentId === 'string') agents.add(cleanText(value.agentId))
    if (value.type === 'user') userIds.push(value.uuid)
    if (typeof value.timestamp === 'string') firstAt ??= value.timestamp
  }
  const sessionId = [...sessions].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
  const ofSubagent = chained > 0 && sidechain === chained && agents.size > 0
  return {
    sessionId: sessionId === null ? null : cleanText(sessionId),
    thread: ofSubagent ? ([...agents][0] ?? '') : '',
    userIds,
    forkedFrom: null,
    carriesOutPlan: values.some(carriesOutPlan),
    firstAt,
  }
}

function carriesOutPlan({ type, message }: JsonObject): boolean {
  const content = isObject(message) ? message.content : null
  const block: unknown = Array.isArray(content) ? content[0] : null
  const first = isObject(block) ? block.text : content
  return type === 'user' && typeof first === 'string' && first.trimStart().startsWith('Implement the following plan')
}
