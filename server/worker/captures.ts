// Follows agents that somebody else runs: their transcripts are read as they grow, and a turn's end keeps the files.
import { dirname } from 'node:path'
import { and, eq, inArray, sql } from 'drizzle-orm'
import { watch, type FSWatcher } from 'chokidar'
import { tasks, worktrees } from '@/db/schema'
import { runs } from '@/db/run-tables'
import type { Context } from '@/server/context'
import { logger } from '@/server/log'
import { type Capture, WATCH_MS } from '@/server/services/captures'
import { usualPlaces } from '@/server/services/import/candidates'
import { recordCommitsOf } from '@/server/services/import/import-transcript'
import { isPartOfStorage } from '@/server/services/import/opencode/storage-candidates'
import { requestCheckpoint } from '@/server/services/operations'
import { AT_WORK } from '@/server/services/runs/run-views'
import { TranscriptFollower } from './runs/follow-transcript'

/** A turn that is under way is looked at so often, whether its agent says something or not. */
const LOOK_MS = 1_500
/** An agent that has not written for so long is not followed any more; its next word begins it again. */
const SILENT_MS = 15 * 60_000
/** A transcript that only grew somewhere is let go after this. */
const IDLE_MS = 60_000

type Followed = { follower: TranscriptFollower; inTurn: boolean; lastNew: number }

export class Captures {
  private readonly followed = new Map<string, Followed>()
  private readonly timer: NodeJS.Timeout
  private watcher: FSWatcher | null = null
  private watchUntil = 0

  constructor(
    private readonly ctx: Context,
    private readonly stopping: AbortSignal,
  ) {
    this.timer = setInterval(() => this.look(), LOOK_MS)
    stopping.addEventListener('abort', () => void this.stop())
  }

  /** A hook's word. The end of a turn is waited for; what it could not keep is told in the log and kept by the next. */
  async take({ path, agent, sessionId, state }: Capture): Promise<void> {
    const followed = this.follow(path)
    if (state !== 'ended') {
      followed.inTurn ||= state === 'began'
      followed.follower.poke()
      return
    }
    this.followed.delete(path)
    await followed.follower.finish()
    if (agent && sessionId) await this.keepFiles(agent, sessionId)
  }

  /** Follows the agents' usual places until nobody has asked for it any more. */
  watchPlaces(): void {
    this.watchUntil = Date.now() + WATCH_MS
    if (this.watcher || this.stopping.aborted) return
    this.watcher = watch(usualPlaces(), { ignoreInitial: true, ignorePermissionErrors: true })
    const onFile = (file: string) => {
      const transcript = transcriptOf(file)
      if (transcript !== null) this.follow(transcript).follower.poke()
    }
    this.watcher.on('add', onFile).on('change', onFile)
    this.watcher.on('error', (error) => logger.warn({ err: error }, 'a folder cannot be followed'))
  }

  private follow(path: string): Followed {
    const known = this.followed.get(path)
    if (known) return known
    const made: Followed = {
      inTurn: false,
      lastNew: Date.now(),
      follower: new TranscriptFollower(
        this.ctx,
        async () => ((await this.isRunHere(path)) ? null : path),
        this.stopping,
        () => async (isNew) => {
          if (isNew) made.lastNew = Date.now()
        },
      ),
    }
    this.followed.set(path, made)
    return made
  }

  /** An agent that Makima runs is read by who runs it, in step with its live words: two readers would tell them twice. */
  private async isRunHere(path: string): Promise<boolean> {
    const own = await this.ctx.db
      .select({ agent: runs.agent, sessionId: runs.nativeSessionId })
      .from(runs)
      .where(and(eq(runs.way, 'here'), inArray(runs.state, [...AT_WORK])))
    return own.some(({ agent, sessionId }) => {
      // Which file will be its own is not known yet, or many sessions share one: all are left alone while it works.
      if (sessionId === null || agent === 'opencode' || agent === 'gemini') return true
      return path.includes(sessionId)
    })
  }

  private look(): void {
    const now = Date.now()
    for (const [path, { inTurn, lastNew, follower }] of this.followed) {
      if (now - lastNew > (inTurn ? SILENT_MS : IDLE_MS)) this.followed.delete(path)
      else if (inTurn) follower.poke()
    }
    if (this.watcher && now > this.watchUntil) {
      void this.watcher.close()
      this.watcher = null
    }
  }

  /** The commits of the turn, and the files as they are at its end. An agent of Makima's own keeps them by itself. */
  private async keepFiles(agent: string, sessionId: string): Promise<void> {
    const { db, actor } = this.ctx
    const [task] = await db
      .select({ id: tasks.id, folder: sql<string>`coalesce(${tasks.cwd}, ${worktrees.path})` })
      .from(tasks)
      // Some agents do not write down where they work.
      .innerJoin(worktrees, eq(worktrees.id, tasks.worktreeId))
      .where(
        and(
          eq(tasks.ownerId, actor.ownerId),
          eq(tasks.agent, agent),
          eq(tasks.nativeSessionId, sessionId),
          eq(tasks.nativeThread, ''),
        ),
      )
    if (!task) return
    const [own] = await db
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.taskId, task.id), eq(runs.way, 'here'), inArray(runs.state, [...AT_WORK])))
    if (own) return
    await recordCommitsOf(this.ctx, task.id, task.folder)
    await requestCheckpoint(this.ctx, { taskId: task.id, message: 'End of a turn', kind: 'turn' }).catch(
      (error: unknown) => logger.info({ task: task.id, err: error }, 'no checkpoint at the end of a turn'),
    )
  }

  private async stop(): Promise<void> {
    clearInterval(this.timer)
    await this.watcher?.close()
  }
}

/** The transcript that a file belongs to: a subagent's lies beside its session's, a database has its journal beside it. */
function transcriptOf(file: string): string | null {
  const path = file.replace(/\.db-(wal|shm)$/, '.db').replace(/[/\\]subagents[/\\][^/\\]+$/, '.jsonl')
  return /\.(jsonl|json|db)$/.test(path) && !isPartOfStorage(dirname(path)) ? path : null
}
