// Writes a Claude Code session again under a new id: the records that are in force in a talk, as they are, in one line of
// descent, so that the program cannot take another branch than the one in force.
import { RecordsInForce, treeRecords } from './claude-code-force'
import type { Losses } from './talk-steps'
import type { Talk } from './types'

type JsonObject = Record<string, unknown>

/** The lines of the copy, and what it leaves out. */
export async function copySession(
  talk: Talk,
  identity: { sessionId: string },
): Promise<{ lines: AsyncGenerator<string>; losses: Losses }> {
  const force = await RecordsInForce.of(talk)
  return { lines: writeLines(talk, force, identity.sessionId), losses: force.losses }
}

async function* writeLines(talk: Talk, force: RecordsInForce, sessionId: string): AsyncGenerator<string> {
  let parent: unknown = null
  let index = 0
  for await (const value of treeRecords(talk)) {
    const carried = force.carry(value, index++)
    if (carried === null) continue
    yield JSON.stringify({ ...carried, ...descent(carried, parent), ...ownership(carried, sessionId) })
    parent = carried.uuid
  }
}

/** A compaction cuts the chain: what it summarises is only there to be read, and to be cut back to. */
function descent(value: JsonObject, parent: unknown): JsonObject {
  if (value.subtype !== 'compact_boundary') return { parentUuid: parent }
  return { parentUuid: null, logicalParentUuid: parent }
}

function ownership(value: JsonObject, sessionId: string): JsonObject {
  return 'session_id' in value ? { sessionId, session_id: sessionId } : { sessionId }
}
