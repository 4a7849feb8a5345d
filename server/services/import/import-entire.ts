// Imports a repository in which Entire kept transcripts: sessions, the commits that name their checkpoints, and the tie between them.
import { eq } from 'drizzle-orm'
import { transcriptSources } from '@/db/talk-tables'
import { openObjectReader } from '@/server/git/objects'
import type { Repository } from '@/server/git/types'
import { adoptCheckpoints } from './adopt-checkpoints'
import { type CommitMatch, type NewCheckpoint, recordCommits } from './checkpoints'
import {
  type CheckpointTree,
  type EntireTranscript,
  listCheckpointCommits,
  listEntireTranscripts,
} from './entire-repository'
import { keepUnread } from './keep-unread'
import { type Run, passOver } from './import-group'
import { readError } from './read-fault'
import { judgeSource } from './refusal'
import type { SessionGroup } from './session-group'
import { SessionLanes } from './session-lanes'
import { sniff } from './sniff'

export async function importEntire(run: Run, repository: Repository, trees: CheckpointTree[]): Promise<void> {
  const objects = openObjectReader(repository)
  try {
    const transcripts = await listEntireTranscripts(repository, trees, objects)
    const { state } = run.progress
    run.progress.change({
      phase: 'reading',
      sourcesTotal: state.sourcesTotal + transcripts.length,
      bytesTotal: state.bytesTotal + transcripts.reduce((sum, transcript) => sum + transcript.candidate.bytes, 0),
    })
    await importTranscripts(run, repository, transcripts)
    run.progress.change({ phase: 'checkpoints', current: null })
    await tieCommits(run, repository, transcripts)
  } finally {
    objects.close()
  }
}

async function importTranscripts(run: Run, repository: Repository, transcripts: EntireTranscript[]): Promise<void> {
  const bySession = new Map<string, EntireTranscript[]>()
  for (const transcript of transcripts)
    bySession.set(transcript.sessionId, [...(bySession.get(transcript.sessionId) ?? []), transcript])
  const lanes = new SessionLanes(run, repository)
  // Oldest first, so that a session finds the one it was forked from or goes on from.
  const begun = (group: EntireTranscript[]) => group.map((transcript) => transcript.createdAt).sort()[0] ?? ''
  for (const group of [...bySession.values()].sort((a, b) => begun(a).localeCompare(begun(b)))) {
    run.signal.throwIfAborted()
    const byContent = new Map<string, SessionGroup>()
    for (const { candidate, agent, sessionId } of group) {
      const sniffed = await sniff(candidate).catch((error: unknown) => readError(error))
      if (typeof sniffed === 'string') {
        await run.report.skip(candidate.path, sniffed)
        passOver(run, candidate)
        continue
      }
      const verdict = judgeSource(sniffed, candidate.bytes, run.agent)
      if (verdict.format === null) {
        const kept = sniffed.tooLarge || sniffed.format === null
        if (kept && !(await keepUnread(run.ctx, candidate, sessionId))) {
          await run.report.passOverForgotten(candidate.path)
          passOver(run, candidate)
          continue
        }
        await run.report.skip(
          candidate.path,
          sniffed.format === null
            ? `It was written by ${agent ?? 'an agent'} and is kept byte for byte, but its format is not read yet.`
            : verdict.reason,
        )
        passOver(run, candidate)
        continue
      }
      const { format } = verdict
      const native = sniffed.sessionId ?? sessionId
      const key = `${format.agent} ${native}`
      const entry = byContent.get(key) ?? { format, sessionId: native, sources: [] }
      entry.sources.push({ candidate, sniffed })
      byContent.set(key, entry)
    }
    for (const entry of byContent.values()) await lanes.take(entry)
  }
  await lanes.finish()
}

async function tieCommits(run: Run, repository: Repository, transcripts: EntireTranscript[]): Promise<void> {
  const commits = await listCheckpointCommits(repository)
  const place = await run.places.ofRepository(repository)
  const stored = new Set(transcripts.map((transcript) => transcript.checkpointId))
  const missing = [...commits.keys()].filter((id) => !stored.has(id)).length
  const loose = [...stored].filter((id) => !commits.has(id)).length
  if (missing > 0)
    run.report.note(`${missing} checkpoint ids are named by commits but have no transcript in this repository.`)
  if (loose > 0) run.report.note(`${loose} checkpoints have transcripts but no commit names them.`)
  const paths = new Map<string, string[]>()
  const matches = new Map<string, CommitMatch[]>()
  for (const { checkpointId, candidate } of transcripts)
    paths.set(checkpointId, [...(paths.get(checkpointId) ?? []), candidate.path])
  const sources = await run.ctx.db.select().from(transcriptSources).where(eq(transcriptSources.kind, 'git'))
  const byPath = new Map(sources.filter((source) => source.replacedAt === null).map((source) => [source.path, source]))
  for (const [id, found] of commits) {
    for (const path of paths.get(id) ?? []) {
      const source = byPath.get(path)
      if (!source?.taskId) continue
      const position = { sourceId: source.prefixOf ?? source.id, bytes: source.bytes }
      const added = found.map((commit) => ({
        commit,
        matchedBy: 'trailer' as const,
        externalId: id,
        branch: null,
        position,
      }))
      matches.set(source.taskId, [...(matches.get(source.taskId) ?? []), ...added])
    }
  }
  const added: NewCheckpoint[] = []
  for (const [taskId, found] of matches) {
    run.signal.throwIfAborted()
    added.push(...(await recordCommits(run.ctx, taskId, found)))
  }
  run.report.checkpoints += added.length
  if (place.repositoryId) await adoptCheckpoints(run.ctx, place.repositoryId, repository, added)
}
