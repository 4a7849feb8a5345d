// Cursors are opaque to callers: JSON in base64url that only the list that gave it out can read.
import { z } from 'zod'
import { AppError } from '@/server/errors'
import { requirePlainText } from '@/server/plain-text'
import { isKeptTime } from './inputs'

export function encodeCursor(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** Throws `invalid` for a cursor that this list has not given out. */
export function decodeCursor<T extends z.ZodType>(schema: T, cursor: string): z.output<T> {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    requirePlainText(value)
    return schema.parse(value)
  } catch (cause) {
    throw new AppError('invalid', 'This cursor was not given out by this list. Start again without it.', { cause })
  }
}

/** A place in a list ordered by time and id. */
const place = z.tuple([z.iso.datetime().refine((text) => isKeptTime(new Date(text))), z.uuid()])

export const encodePlace = (at: Date, id: string) => encodeCursor([at.toISOString(), id])

export function decodePlace(cursor: string): { at: string; id: string } {
  const [at, id] = decodeCursor(place, cursor)
  return { at, id }
}
