// Writes a Claude Code session again under a new id: the records that are in force in a talk, as they are, in one line of
// descent, so that the program cannot take another branch than the one in force.
import { v4 as createId } from 'uuid'
import { RecordsInForce, treeRecords } from './claude-code-force'
import type { ClaudeCodeIdentity } from './claude-code-translate'
import type { Losses } from './talk-steps'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

/** The lines of the copy, and what it leaves out. */
export async function copySession(
  talk: Talk,
  identity: ClaudeCodeIdentity,
): Promise<{ lines: AsyncGenerator<string>; losses: Losses }> {
  const force = await RecordsInForce.of(talk)
  return { lines: writeLines(talk, force, identity), losses: force.losses }
}

async function* writeLines(talk: Talk, force: RecordsInForce, identity: ClaudeCodeIdentity): AsyncGenerator<string> {
  let parent: unknown = null
  let index = 0
  let atRest = false
  for await (const value of treeRecords(talk)) {
    const carried = force.carry(value, index++)
    if (carried === null) continue
    yield JSON.stringify({ ...carried, ...descent(carried, parent), ...ownership(carried, identity.sessionId) })
    parent = carried.uuid
    if (carried.type !== 'system') atRest = carried.type === 'assistant' && carried.isApiErrorMessage !== true
  }
  if (!atRest) yield restingPlace(parent, identity)
}

/**
 * After anything but words of the model the program tells the model to continue, in words that nobody said, and a session
 * without records it does not know. A virtual record is one that it reads but never sends.
 */
function restingPlace(parentUuid: unknown, { sessionId, cwd, version }: ClaudeCodeIdentity): string {
  const message = {
    id: createId(),
    type: 'message',
    role: 'assistant',
    model: '<synthetic>',
    content: [{ type: 'text', text: 'The conversation goes on from here.' }],
    stop_reason: 'stop_sequence',
    stop_sequence: '',
    usage: { input_tokens: 0, output_tokens: 0 },
  }
  const envelope = { parentUuid, isSidechain: false, userType: 'external', cwd, sessionId, version }
  const timestamp = new Date().toISOString()
  return JSON.stringify({
    ...envelope,
    type: 'assistant',
    message,
    isVirtual: true,
    uuid: createId(),
    timestamp,
  })
}

/** A compaction cuts the chain: what it summarises is only there to be read, and to be cut back to. */
function descent(value: JsonObject, parent: unknown): JsonObject {
  if (value.subtype !== 'compact_boundary') return { parentUuid: parent }
  return { parentUuid: null, logicalParentUuid: parent }
}

function ownership(value: JsonObject, sessionId: string): JsonObject {
  return 'session_id' in value ? { sessionId, session_id: sessionId } : { sessionId }
}
