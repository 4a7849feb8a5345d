import { v7 } from 'uuid'

/** A new UUIDv7: sorts by the time it was made, which keeps indexes dense. Made here, as PostgreSQL 15 to 17 cannot. */
export function newId(): string {
  return v7()
}

/** A new segment id: a UUIDv7 whose low 32 bits are zero, because a message id is its segment's id with the sequence number there. */
export function newSegmentId(): string {
  return `${v7().slice(0, -8)}00000000`
}
