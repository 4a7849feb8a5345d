// Imports transcript files: groups them by session, oldest first, then finds the commits made meanwhile.
import { fitId } from '@/server/transcripts/fit-text'
import { type Candidate, type Skipped } from './candidates'
import { type Run, disregard, passOver } from './import-group'
import { keepUnread } from './keep-unread'
import { readError } from './read-fault'
import { judgeSource } from './refusal'
import { joinThreads } from './root-session'
import type { SessionGroup, SessionSource } from './session-group'
import { SessionLanes } from './session-lanes'
import { sniff } from './sniff'
import { recordTimedCommits } from './timed-commits'

export async function importFiles(run: Run, candidates: Candidate[], skipped: Skipped[]): Promise<void> {
  const { progress, report } = run
  progress.change({
    phase: 'reading',
    sourcesTotal: progress.state.sourcesTotal + candidates.length,
    bytesTotal: progress.state.bytesTotal + candidates.reduce((sum, candidate) => sum + candidate.bytes, 0),
  })
  const groups = new Map<string, SessionGroup & { firstAt: string }>()
  for (const candidate of candidates) {
    run.signal.throwIfAborted()
    try {
      const sniffed = await sniff(candidate)
      const verdict = judgeSource(sniffed, candidate.bytes, run.agent)
      if (verdict.format === null) {
        const isKept =
          !sniffed.tooLarge || (await keepUnread(run.ctx, candidate, sniffed.sessionId ?? fitId(candidate.path)))
        if (!isKept) {
          await report.passOverForgotten(candidate.path)
          passOver(run, candidate)
        } else if (candidate.unsure && !verdict.isTranscript) disregard(run, candidate)
        else {
          skipped.push({ path: candidate.path, reason: verdict.reason })
          passOver(run, candidate)
        }
        continue
      }
      const { format } = verdict
      const sessionId = sniffed.sessionId ?? fitId(candidate.path)
      const key = `${format.agent} ${sessionId}`
      const group = groups.get(key) ?? {
        format,
        sessionId,
        sources: [] as SessionSource[],
        firstAt: sniffed.firstAt ?? '',
      }
      group.sources.push({ candidate, sniffed })
      if (sniffed.firstAt && sniffed.firstAt < group.firstAt) group.firstAt = sniffed.firstAt
      groups.set(key, group)
    } catch (error) {
      skipped.push({ path: candidate.path, reason: readError(error) })
      passOver(run, candidate)
    }
  }
  for (const entry of skipped) await report.skip(entry.path, entry.reason)
  const lanes = new SessionLanes(run, null)
  // Oldest first, so that a fork finds its origin.
  const inOrder = [...groups.values()].sort((a, b) => a.firstAt.localeCompare(b.firstAt))
  for (const group of joinThreads(inOrder)) await lanes.take(group)
  await lanes.finish()
  progress.change({ phase: 'checkpoints', current: null })
  report.checkpoints += await recordTimedCommits(run.ctx, run.places, lanes.taskIds, (note) => report.note(note))
}
