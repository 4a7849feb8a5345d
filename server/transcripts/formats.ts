// The table of agents whose transcripts are read, and how a file is told to be one of them.

import { acp } from './acp'
import { claudeCode } from './claude-code'
import { codex } from './codex'
import { gemini } from './gemini'
import { openCode } from './opencode'
import type { TranscriptFormat } from './types'

/** A new agent is one line here. */
export const formats: readonly TranscriptFormat[] = [claudeCode, codex, gemini, openCode, acp]

/**
 * The format of a file from the values of its first records (null for broken lines). One sure record is enough,
 * wherever it stands, for files begin with almost any kind of record. Null: no format is known for it, keep it out.
 */
export function detectFormat(values: Iterable<Record<string, unknown> | null>): TranscriptFormat | null {
  for (const value of values) {
    if (value === null) continue
    const format = formats.find((candidate) => candidate.recognises(value))
    if (format !== undefined) return format
  }
  return null
}

/** The members that list the messages of a document, over all formats. */
export function listDocumentLists(): string[] {
  return [...new Set(formats.flatMap(({ documentList }) => (documentList === null ? [] : [documentList])))]
}
