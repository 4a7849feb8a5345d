// What a route says of itself beside what it does: its description becomes the OpenAPI document, and tests hold it to it.
import { z } from 'zod'
import type { Lasting } from './lasting-answers'

export type Description = {
  /** One line, as a person looks for it. */
  summary: string
  /** More, where a line is not enough. */
  details?: string
  /** True for what is asked by POST for its size only, and changes nothing. */
  looks?: true
  /** True for what says nothing of anybody's history, or has a token of its own in the address: no key is needed. */
  free?: true
  /** True where the answer holds what is told once: it is kept nowhere, for a retry neither. */
  tellsOnce?: true
  /**
   * How long the same question has the same answer, see `lasting-answers.ts`: until something is written, for what is read
   * from the database alone; at most a moment, for what is also told of folders. Absent: it is made anew each time.
   */
  lasts?: Lasting
  /** True for what takes a file as it is instead of JSON. It is written as it comes, and a retry sends it again. */
  takesFile?: true
  /** What may stand behind `?`. */
  query?: Record<string, Asked>
  /** The schema that parses the body; members that stand in the address are left out. */
  body?: z.ZodType
  /** Members of `body` that come from the address. */
  fromAddress?: string[]
  /** What is answered, by status. `null`: nothing. */
  answers: Record<number, z.ZodType | Raw | null>
}

export type Asked = { schema: z.ZodType; description: string; required?: true }

/** An answer that is not JSON. */
export type Raw = { contentType: string; description: string }

export const isRaw = (answer: z.ZodType | Raw): answer is Raw => 'contentType' in answer

const text = z.string()

/** What lists take. */
export const page: Record<string, Asked> = {
  limit: { schema: z.int().min(1).max(1_000).default(100), description: 'Entries of a page' },
  cursor: { schema: text, description: 'From the page before' },
}

/** Filters of everything that lists events. */
export const history: Record<string, Asked> = {
  ...page,
  phase: { schema: text, description: 'Only of these phases, parted by commas' },
  eventTypes: { schema: text, description: 'Only these kinds of events, parted by commas' },
  agents: { schema: text, description: 'Only of these agents, parted by commas' },
  from: { schema: z.iso.datetime(), description: 'Not before this time' },
  to: { schema: z.iso.datetime(), description: 'Not after this time' },
}

export const only = (what: string): Asked => ({ schema: z.uuid(), description: `Only of this ${what}` })
export const word = (description: string): Asked => ({ schema: text, description })
export const flag = (description: string): Asked => ({ schema: z.boolean(), description })
