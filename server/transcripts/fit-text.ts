// Makes what an agent wrote fit the columns that it goes into: an id must fit an index, a name a line, a number its type.
import { Buffer } from 'node:buffer'
import { hashText } from './id-table'
import { cutText, wellFormed } from './row-text'

/** An index of PostgreSQL takes rows of 2,700 bytes, and two ids may stand in one. */
const MOST_ID_BYTES = 800
const MOST_PATH_BYTES = 2_000
const MOST_NAME = 200
/** More than any count is, and a million of them still add up in 64 bits. */
const MOST_COUNT = 1e12
const MOST_COST = 1e9
const LAST_MOMENT = Date.UTC(9999, 11, 31)

/** The id itself, or for one that is too long its beginning and a hash of all of it: equal ones stay equal. */
export function fitId(id: string): string {
  if (id.length * 3 > MOST_ID_BYTES && Buffer.byteLength(id) > MOST_ID_BYTES)
    return `${cutText(wellFormed(id.slice(0, 120)), 100)}…${hashText(id)}`
  return wellFormed(id)
}

/** The name a source is stored under: the path, or for one that no index takes its beginning and a hash of all of it. */
export function fitPath(path: string): string {
  if (Buffer.byteLength(path) <= MOST_PATH_BYTES) return wellFormed(path)
  return `${cutText(wellFormed(path), 600)}…${hashText(path)}`
}

/** A name, title, model or kind as one that can be shown and stored. */
export function fitName(name: string, most = MOST_NAME): string {
  return name.length > most ? `${cutText(wellFormed(name.slice(0, most)), most - 1)}…` : wellFormed(name)
}

/** A count of tokens or milliseconds as a whole number from 0 on; what is no number is 0. */
export function fitCount(count: number): number {
  return count > 0 ? Math.min(Math.trunc(count), MOST_COUNT) : 0
}

/** US dollars; what is no number is 0. */
export function fitCost(cost: number): number {
  return cost > 0 ? Math.min(cost, MOST_COST) : 0
}

/** A moment in milliseconds since 1970, null outside of the years 1970 to 9999. */
export function fitMoment(at: number | null): number | null {
  return at !== null && at >= 0 && at <= LAST_MOMENT ? at : null
}
