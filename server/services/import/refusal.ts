// Whether a source is read, and if not, why: in a sentence for the report.
import { type Agent, AGENT_NAMES } from '@/server/transcripts/agents'
import { formats } from '@/server/transcripts/formats'
import { MOST_DOCUMENT_BYTES, MOST_ELEMENT_BYTES } from '@/server/transcripts/document-bytes'
import type { TranscriptFormat } from '@/server/transcripts/types'
import type { Sniffed } from './sniff'

/** The format to read a source by, or why it is not read; `isTranscript` says that it is an agent's all the same. */
export type Verdict = { format: TranscriptFormat } | { format: null; reason: string; isTranscript: boolean }

/** `wanted` is the agent that was asked for, null for any. */
export function judgeSource(sniffed: Sniffed, bytes: number, wanted: Agent | null): Verdict {
  const { format, empty, tooLarge } = sniffed
  const refuse = (reason: string, isTranscript = false) => ({ format: null, reason, isTranscript })
  if (empty) return refuse('The file is empty.')
  if (format === null && wanted !== null)
    return refuse(
      `${AGENT_NAMES[wanted]} was asked for, but no record in it is one that ${AGENT_NAMES[wanted]} writes. The file was left as it is.`,
    )
  if (format === null)
    return refuse(
      `No agent known to Makima wrote this: it reads transcripts of ${listReadAgents()}. The file was left as it is.`,
    )
  if (wanted !== null && format.agent !== wanted)
    return refuse(
      `${AGENT_NAMES[wanted]} was asked for, but ${AGENT_NAMES[format.agent]} wrote this. The file was left as it is.`,
      true,
    )
  if (tooLarge)
    return refuse(
      `It is one JSON document of ${megabytes(bytes)} MB, and such documents are read up to ${megabytes(MOST_DOCUMENT_BYTES)} MB, messages of more than ${megabytes(MOST_ELEMENT_BYTES)} MB left out. It is kept byte for byte, but not shown.`,
      true,
    )
  return { format }
}

const megabytes = (bytes: number) => Math.ceil(bytes / (1 << 20))

function listReadAgents(): string {
  const names = formats.map(({ agent }) => AGENT_NAMES[agent])
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
