// What Entire keeps about agents in a git repository: checkpoint folders, their metadata, the trailers that name them.
// Pure parsing; which ref or blob the bytes come from is the caller's business. Entire's own token counts are not read:
// they cover now the whole session, now a part, and are taken before the transcript is complete.

import { z } from 'zod'

const text = z.string().nullish().catch(null)
const count = z.number().nullish().catch(null)
const names = z.array(z.string()).nullish().catch(null)

const sessionEntry = z
  .object({ metadata: text, transcript: text, compact_transcript: text, prompt: text })
  .transform((entry) => ({
    index: indexOfPath(entry.metadata ?? entry.transcript ?? ''),
    metadataPath: entry.metadata || null,
    transcriptPath: entry.transcript || null,
    compactTranscriptPath: entry.compact_transcript || null,
  }))

const rootMetadata = z
  .object({
    checkpoint_id: z.string(),
    strategy: text,
    branch: text,
    files_touched: names,
    sessions: z.array(z.unknown()).nullish().catch(null),
  })
  .transform((root) => ({
    checkpointId: root.checkpoint_id,
    strategy: root.strategy || null,
    branch: root.branch || null,
    filesTouched: root.files_touched ?? [],
    sessions: (root.sessions ?? []).flatMap((entry) => {
      const parsed = sessionEntry.safeParse(entry)
      return parsed.success ? [parsed.data] : []
    }),
  }))

const sessionMetadata = z
  .object({
    checkpoint_id: z.string(),
    session_id: z.string(),
    strategy: text,
    kind: text,
    created_at: text,
    branch: text,
    agent: text,
    model: text,
    turn_id: text,
    commit_sha: text,
    transcript_path: text,
    files_touched: names,
    checkpoint_transcript_start: count,
    transcript_lines_at_start: count,
    transcript_identifier_at_start: text,
    transcript_uuid_at_start: text,
  })
  .transform((session) => ({
    checkpointId: session.checkpoint_id,
    sessionId: stripDatePrefix(session.session_id),
    strategy: session.strategy || null,
    kind: session.kind || null,
    createdAt: session.created_at || null,
    branch: session.branch || null,
    /** Early files say "Agent" or nothing: sniff the transcript instead of trusting this. */
    agent: session.agent || null,
    model: session.model || null,
    turnId: session.turn_id || null,
    commitSha: session.commit_sha || null,
    transcriptPath: session.transcript_path || null,
    filesTouched: session.files_touched ?? [],
    /** Where this checkpoint begins in the transcript: a number of lines, or the uuid of a record. */
    startLine: session.checkpoint_transcript_start ?? session.transcript_lines_at_start ?? null,
    startUuid: session.transcript_identifier_at_start || session.transcript_uuid_at_start || null,
  }))

export type CheckpointMetadata = z.output<typeof rootMetadata>
export type EntireSessionMetadata = z.output<typeof sessionMetadata>

/** `metadata.json` at the root of a checkpoint; null when it is none. */
export function parseCheckpointMetadata(json: string): CheckpointMetadata | null {
  return rootMetadata.safeParse(parseJson(json)).data ?? null
}

/** `<n>/metadata.json` of a checkpoint; null when it is none. */
export function parseSessionMetadata(json: string): EntireSessionMetadata | null {
  return sessionMetadata.safeParse(parseJson(json)).data ?? null
}

/** The agent's own session id: early ones were stored with the day in front. */
export function stripDatePrefix(sessionId: string): string {
  return sessionId.replace(/^\d{4}-\d\d-\d\d-/, '')
}

const HEX_ID = '[0-9a-f]{12}'
const ULID = '[0-9A-HJKMNP-TV-Z]{26}'
const BRANCH_PATH = /^([0-9a-f]{2})\/([0-9a-f]{10})\/(.+)$/
const SESSION_PATH = /^(\d+)\/(?:(metadata)\.json|(?:full\.jsonl|raw_transcript)(?:\.(\d+))?)$/
const CHECKPOINT_REF = new RegExp(`^refs/entire/checkpoints/[0-9A-Za-z]{2}/(${ULID}|${HEX_ID})$`)

/**
 * A file of a session in a checkpoint. Long transcripts are cut at line ends into `full.jsonl`, `full.jsonl.001`, … :
 * joined in order of `part` (0, 1, …) they are the transcript. Session numbers may have gaps.
 */
export type EntireFile = {
  checkpointId: string
  sessionIndex: number
  file: 'metadata' | 'transcript'
  part: number
}

/** A path in the tree of the checkpoints branch (`ab/cdef012345/0/full.jsonl`); null for all other files. */
export function parseTranscriptPath(path: string): EntireFile | null {
  const match = BRANCH_PATH.exec(path.replace(/^\//, ''))
  return match === null ? null : parseTranscriptTreePath(`${match[1]}${match[2]}`, match[3] ?? '')
}

/** The checkpoint that a ref of its own holds (`refs/entire/checkpoints/XG/01KX…XG`); null for other refs. */
export function parseCheckpointRef(ref: string): string | null {
  return CHECKPOINT_REF.exec(ref)?.[1] ?? null
}

/** A path in the tree of one checkpoint, as such a ref holds it (`0/full.jsonl`); null for all other files. */
export function parseTranscriptTreePath(checkpointId: string, path: string): EntireFile | null {
  const match = SESSION_PATH.exec(path.replace(/^\//, ''))
  if (match === null) return null
  const [, index, metadata, part] = match
  const file = metadata === undefined ? 'transcript' : 'metadata'
  return { checkpointId, sessionIndex: Number(index), file, part: Number(part ?? 0) }
}

export type CheckpointTrailers = {
  /** All checkpoints that a commit of code names; squashed commits name many. */
  checkpointIds: string[]
  /** Of commits on the checkpoints branch. */
  sessionIds: string[]
  strategy: string | null
  agent: string | null
  shadowBranch: string | null
}

const CHECKPOINT_TRAILER = new RegExp(`^[ \\t]*Entire-Checkpoint:[ \\t]*(${HEX_ID}|${ULID})[ \\t]*\\r?$`, 'gm')

/** The trailers that Entire writes into commit messages, wherever they stand: squashing moves them into the body. */
export function parseCheckpointTrailers(message: string): CheckpointTrailers {
  const checkpointIds = [...message.matchAll(CHECKPOINT_TRAILER)].map((match) => match[1] as string)
  return {
    checkpointIds: [...new Set(checkpointIds)],
    sessionIds: [...new Set(trailers(message, 'Entire-Session').map(stripDatePrefix))],
    strategy: trailers(message, 'Entire-Strategy').at(-1) ?? null,
    agent: trailers(message, 'Entire-Agent').at(-1) ?? null,
    shadowBranch: trailers(message, 'Ephemeral-branch').at(-1) ?? null,
  }
}

function trailers(message: string, key: string): string[] {
  const found: string[] = []
  for (const line of message.split('\n')) {
    if (line.startsWith(`${key}:`)) found.push(line.slice(key.length + 1).trim())
  }
  return found.filter((value) => value !== '')
}

function indexOfPath(path: string): number | null {
  const match = /(?:^|\/)(\d+)\/[^/]+$/.exec(path)
  return match === null ? null : Number(match[1])
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
