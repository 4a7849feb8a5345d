// A talk as it is read from files of Claude Code, for tests.
import { readFile } from 'node:fs/promises'
import { createClaudeCodeReader } from '@/server/transcripts/claude-code-reader'
import { parseBlock } from '@/server/transcripts/json-values'
import type { PlacedMessage, RawRecord } from '@/server/transcripts/types'
import type { Talk, TalkRecord, TalkRow } from './types'

/** `isInForce` cuts the rows. Files of subagents are named with their thread. */
export async function talkOfFiles(
  files: { path: string; thread?: string }[],
  isInForce: (rows: TalkRow[]) => TalkRow[] = (rows) => rows,
): Promise<Talk> {
  const reader = createClaudeCodeReader()
  const records: TalkRecord[] = []
  for (const [source, { path, thread = '' }] of files.entries()) {
    reader.beginSource(source)
    for (const record of await readRecords(path)) {
      records.push({ source, thread, record })
      reader.read(record, thread)
    }
  }
  const { messages } = reader.drain()
  const main = messages.filter((row) => row.thread === '')
  const state = reader.threads().get('')
  const rows: PlacedMessage[] = []
  let at = state?.head ?? null
  while (at !== null) {
    const { segment, seq } = at
    rows.unshift(...main.filter((row) => row.segment === segment && row.seq <= seq))
    at = state?.segments[segment]?.parent ?? null
  }
  const inForce = isInForce(rows)
  return {
    agent: 'claude-code',
    last: inForce.at(-1) ?? null,
    async *rows() {
      yield* inForce
    },
    async *records() {
      yield* records
    },
  }
}

async function readRecords(path: string): Promise<RawRecord[]> {
  return [...parseBlock({ offset: 0, bytes: await readFile(path), complete: true }, 1)]
}
