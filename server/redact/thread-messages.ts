// What is said between the server and the thread that masks.
import type { Finding } from './findings'
import type { Choices, Part } from './redact'

/** First the parts, a chunk at a time, then what is to be done with them. */
export type ToThread = { parts: Part[] } | { choices: Choices }
/** First the texts, a chunk at a time, then the findings likewise; how many there are in all, or an error, comes last. */
export type FromThread =
  | { texts: string[] }
  | { findings: Finding[] }
  | { masked: number; more: number }
  | { error: string }

/** A message of more holds up the server while it is copied. */
export const CHUNK_CHARACTERS = 1_000_000
export const CHUNK_FINDINGS = 1_000
/** Of more nobody decides one by one; writing them out would hold up the server. They are masked like the others. */
export const MOST_FINDINGS = 3_000
