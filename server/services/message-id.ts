// A message's id is its segment's id with the row's number in the low 32 bits, so ids need no column and no index.
import { AppError } from '@/server/errors'

/** The id of row `seq` of a segment. */
export function toMessageId(segmentId: string, seq: number): string {
  return segmentId.slice(0, 28) + seq.toString(16).padStart(8, '0')
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Where a message lies. Throws `invalid` for text that is no message id. */
export function fromMessageId(id: string): { segmentId: string; seq: number } {
  const lower = id.toLowerCase()
  const seq = UUID.test(lower) ? Number.parseInt(lower.slice(28), 16) : 0
  if (seq === 0) throw new AppError('invalid', `"${id.slice(0, 60)}" is not a message id. Copy the id from a message.`)
  return { segmentId: `${lower.slice(0, 28)}00000000`, seq }
}
