// Makes what is known of a session as a whole fit the tables: names, folders, ids, numbers and the words of its events.
import type { NewEvent } from '@/server/services/history'
import { fitCount, fitId, fitMoment, fitName } from '@/server/transcripts/fit-text'
import { wellFormed } from '@/server/transcripts/row-text'
import type { SessionFacts, SourceReport, ThreadState } from '@/server/transcripts/types'
import type { Sniffed } from './sniff'

/** Bytes of a path that the index of worktrees takes; work in a deeper folder is read, but tied to no repository. */
const MOST_PATH = 2_000
/** Each folder is looked at in the file system. */
const MOST_FOLDERS = 64
const MOST_MODELS = 50
const MOST_EVENT_TEXT = 4_000

/** The facts with every text as long as its column or index takes; a folder that can be none is left out. */
export function fitFacts(facts: SessionFacts): SessionFacts {
  const cwds = facts.cwds.filter(({ cwd }) => Buffer.byteLength(cwd) <= MOST_PATH)
  return {
    ...facts,
    sessionId: facts.sessionId === null ? null : fitId(facts.sessionId),
    title: facts.title === null ? null : fitName(facts.title),
    // The last is where the session stands now.
    cwds: (cwds.length > MOST_FOLDERS ? [...cwds.slice(0, MOST_FOLDERS - 1), ...cwds.slice(-1)] : cwds).map(
      (folder) => ({
        cwd: wellFormed(folder.cwd),
        branch: folder.branch === null ? null : fitName(folder.branch, 1_000),
        firstAt: fitMoment(folder.firstAt),
        lastAt: fitMoment(folder.lastAt),
      }),
    ),
    folderHash: facts.folderHash && /^[0-9a-f]{64}$/.test(facts.folderHash) ? facts.folderHash : null,
    version: facts.version === null ? null : fitName(facts.version, 100),
  }
}

/** A thread as its task's row takes it; where it stands in the tree stays as it is. */
export function fitThread(thread: ThreadState): ThreadState {
  return {
    ...thread,
    description: thread.description === null ? null : fitName(thread.description),
    agentType: thread.agentType === null ? null : fitName(thread.agentType),
    spawnedByToolId: thread.spawnedByToolId === null ? null : fitId(thread.spawnedByToolId),
    models: new Set([...thread.models].slice(0, MOST_MODELS).map((model) => fitName(model))),
    firstAt: fitMoment(thread.firstAt),
    lastAt: fitMoment(thread.lastAt),
  }
}

/** What the beginning of a source says of it, as it is looked up and stored. */
export function fitSniffed(sniffed: Sniffed): Sniffed {
  return {
    ...sniffed,
    sessionId: sniffed.sessionId === null ? null : fitId(sniffed.sessionId),
    thread: fitId(sniffed.thread),
    userIds: sniffed.userIds.map(fitId),
    forkedFrom: sniffed.forkedFrom === null ? null : fitId(sniffed.forkedFrom),
    firstAt: sniffed.firstAt === null ? null : fitName(sniffed.firstAt, 40),
  }
}

/** A report without names or numbers that JSON in the database cannot hold. */
export function fitReport(report: SourceReport): SourceReport {
  const tokens = Object.entries(report.tokens).map(([field, count]) => [field, fitCount(count)])
  const kinds: Record<string, number> = {}
  for (const [name, count] of Object.entries(report.unknownTypes)) {
    const fitted = fitName(name, 100)
    kinds[fitted] = (kinds[fitted] ?? 0) + count
  }
  return {
    ...report,
    tokens: Object.fromEntries(tokens) as SourceReport['tokens'],
    unknownTypes: kinds,
    firstAt: fitMoment(report.firstAt),
    lastAt: fitMoment(report.lastAt),
  }
}

/** An event whose texts are well formed and not longer than a page shows. */
export function fitEvent(event: NewEvent): NewEvent {
  const fit = (value: unknown) => (typeof value === 'string' ? fitName(value, MOST_EVENT_TEXT) : value)
  const data = Object.entries(event.eventData).map(([key, value]) => [key, fit(value)])
  return { ...event, eventData: Object.fromEntries(data) } as NewEvent
}
