// What all answers of REST are made of. Answers are schemas: the description is made of them, and the tests hold every
// answer against it. Each is checked against the type that the services give, so that neither can change alone.
import { z } from 'zod'
import { PHASES } from '@/server/services/views'

/** A value as JSON carries it: times are text. */
export type Json<T> = T extends Date ? string : T extends object ? { [K in keyof T]: Json<T[K]> } : T

export const id = z.uuid()
export const when = z.iso.datetime().meta({ description: 'ISO 8601, in UTC' })
export const maybeWhen = when.nullable()
export const count = z.int()
/** A schema under a name of its own in the description. */
export const named = <T extends z.ZodType>(name: string, schema: T) => schema.meta({ id: name })
export const phase = z.enum(PHASES)
export const facts = z.record(z.string(), z.unknown())
export const cursor = z.string().nullable().meta({ description: 'Opaque; gives the next page. Null at the end.' })
export const tokens = named('Tokens', z.object({ input: count, output: count, cacheRead: count, cacheWrite: count }))
export const problem = named(
  'Problem',
  z.looseObject({
    type: z.string(),
    title: z.string(),
    status: count,
    code: z.string().meta({ description: 'Stable: invalid, not_found, conflict …' }),
    detail: z.string().meta({ description: 'A sentence that says what was wrong and what to do' }),
  }),
)
