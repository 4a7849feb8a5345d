// What is said between the server and the thread that masks.
import type { Finding } from './findings'
import type { Choices, Part } from './redact'

/** First the parts, a chunk at a time, then what is to be done with them. */
export type ToThread = { parts: Part[] } | { choices: Choices }
/** First the texts, a chunk at a time, then the findings likewise; that all is said, or an error, comes last. */
export type FromThread = { texts: string[] } | { findings: Finding[] } | { done: true } | { error: string }

/** A message of more holds up the server while it is copied. */
export const CHUNK_CHARACTERS = 1_000_000
export const CHUNK_FINDINGS = 2_000
