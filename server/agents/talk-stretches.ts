// Tells apart what of a talk the records of an agent stand behind, and what was said elsewhere: a talk may have begun in
// another agent. Rows name the agent's message they come from.
import type { Talk, TalkRow } from './types'

/** What of one message is in force: its texts as they lie in rows, and its calls that have a result. */
export type InForce = { texts: Set<string>; calls: Set<string> }

/** A stretch of a talk: one message of the agent, or rows of others from one place to another. */
export type Stretch = { id: string; inForce: InForce } | { from: number; to: number }

/** The stretches in order, and how many calls in force never got a result. */
export async function readStretches(
  talk: Talk,
  isKnown: (id: string) => boolean,
): Promise<{ stretches: Stretch[]; unanswered: number }> {
  const found = new Map<string, InForce>()
  const stretches: Stretch[] = []
  let unanswered = 0
  let index = 0
  for await (const row of talk.rows()) {
    const at = index++
    if (row.kind === 'tool' && row.toolResult === null) unanswered++
    if (row.nativeId === null || !isKnown(row.nativeId)) {
      const last = stretches.at(-1)
      if (last !== undefined && 'to' in last && last.to === at) last.to = at + 1
      else if (row.kind !== 'notice' && row.kind !== 'unknown') stretches.push({ from: at, to: at + 1 })
      continue
    }
    const known = found.get(row.nativeId)
    const inForce = known ?? { texts: new Set(), calls: new Set() }
    note(inForce, row)
    if (known !== undefined) continue
    found.set(row.nativeId, inForce)
    stretches.push({ id: row.nativeId, inForce })
  }
  return { stretches, unanswered }
}

/** The talk with only the rows from one place to another. */
export function sliceTalk(talk: Talk, from: number, to: number): Talk {
  return {
    ...talk,
    async *rows() {
      let index = 0
      for await (const row of talk.rows()) {
        if (index >= to) return
        if (index++ >= from) yield row
      }
    },
  }
}

function note(inForce: InForce, row: TalkRow): void {
  if (row.kind === 'tool') {
    if (row.nativeToolId !== null && row.toolResult !== null) inForce.calls.add(row.nativeToolId)
  } else if (row.text !== null) inForce.texts.add(row.text)
}
