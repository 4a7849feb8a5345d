// Imports sessions two at a time: while one waits for the database, the other is parsed.
import type { Repository } from '@/server/git/types'
import { importGroup, type Run } from './import-group'
import type { SessionGroup } from './session-group'

const LANES = 2

/**
 * Takes sessions in order. One that holds records of an earlier one (a fork), goes on from one (a plan) or is one that
 * was taken before (the file of a subagent) waits until all before it are written, as it must find them.
 */
export class SessionLanes {
  /** The main tasks of sessions with something new. */
  readonly taskIds: string[] = []
  private readonly seen = new Set<string>()
  private readonly underWay = new Set<Promise<void>>()
  private failure: unknown = null

  constructor(
    private readonly run: Run,
    private readonly repository: Repository | null,
  ) {}

  /** Begins a session as soon as it may; throws what stopped an earlier one. */
  async take(group: SessionGroup): Promise<void> {
    const places = this.looksBack(group) ? 0 : LANES - 1
    while (this.underWay.size > places) await Promise.race(this.underWay)
    if (this.failure !== null) await this.finish()
    const work = importGroup(this.run, group, this.repository)
      .then((taskId) => {
        if (taskId) this.taskIds.push(taskId)
      })
      .catch((error: unknown) => {
        this.failure ??= error
      })
      .finally(() => this.underWay.delete(work))
    this.underWay.add(work)
  }

  /** Waits for all that is under way. */
  async finish(): Promise<void> {
    await Promise.all(this.underWay)
    if (this.failure !== null) throw this.failure
  }

  private looksBack(group: SessionGroup): boolean {
    const ids = group.sources.flatMap((source) => source.sniffed.userIds)
    const names = [...ids, `${group.format.agent} ${group.sessionId}`]
    const copies = names.some((name) => this.seen.has(name))
    for (const name of names) this.seen.add(name)
    return copies || group.sources.some(({ sniffed }) => sniffed.carriesOutPlan || sniffed.forkedFrom !== null)
  }
}
