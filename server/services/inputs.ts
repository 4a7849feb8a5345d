// Owns what ids, times, limits and cursors look like when they come in from outside.
import { z } from 'zod'
import { PHASES } from './views'

export const idInput = z
  .uuid('An id is a UUID; copy it from the page or from a list')
  .transform((text) => text.toLowerCase())

const EARLIEST = Date.parse('0001-01-01T00:00:00Z')
const LATEST = Date.parse('9999-12-31T23:59:59.999Z')

/** Whether the database and everybody who reads it can write this time down: years 1 to 9999. */
export const isKeptTime = (time: Date): boolean => time.getTime() >= EARLIEST && time.getTime() <= LATEST

/** A Date (tRPC) or ISO 8601 text (REST, the command line). */
export const momentInput = z
  .union([
    z.date(),
    z.iso
      .datetime({ offset: true, error: 'A time is written like 2026-01-31T12:00:00Z' })
      .transform((text) => new Date(text)),
    z.iso.date().transform((text) => new Date(text)),
  ])
  .refine(isKeptTime, 'A time lies in the years 1 to 9999')

/** Entries of a page: 100 unless asked otherwise, never more than 1,000 (a larger wish gets 1,000). */
export const limitInput = z.coerce
  .number('A limit is a whole number')
  .int('A limit is a whole number')
  .min(1, 'A limit is at least 1')
  .transform((limit) => Math.min(limit, 1_000))
  .default(100)

export const cursorInput = z.string().max(500).nullish()
export const phaseInput = z.enum(PHASES)
export const byId = z.object({ id: idInput })
export const byTask = z.object({ taskId: idInput })
export const pageInput = z.object({ cursor: cursorInput, limit: limitInput })
