// A contract with a task on a repository, and operations done on it as the worker does them.
import { newId, newSegmentId } from '@/db/ids'
import { contracts, tasks } from '@/db/schema'
import { segments } from '@/db/talk-tables'
import { openRepository, requireWorktree } from '@/server/git/repository'
import { openStore } from '@/server/git/store'
import { getOperation } from '@/server/services/operation-log'
import { storesFolder } from '@/server/services/operation-subjects'
import { recordRepository } from '@/server/services/repositories'
import type { OperationView } from '@/server/services/views'
import { registerDaemon } from '@/server/worker/daemon'
import { runOperation } from '@/server/worker/run-operation'
import type { Prepared } from './world'

/** Rows for `folder` and a task in it. */
export async function createWork({ ctx }: Prepared, folder: string) {
  const { ownerId } = ctx.actor
  const open = async () => requireWorktree(await openRepository(folder))
  const { repositoryId, worktreeId } = await recordRepository(ctx, await open())
  const [contractId, taskId, daemonId] = [newId(), newId(), newId()]
  const lastActivityAt = new Date()
  const shared = { ownerId, contractId, repositoryId, worktreeId, agent: 'claude-code', lastActivityAt }
  await ctx.db.insert(contracts).values({ id: contractId, ownerId, name: 'Bench', repositoryId, lastActivityAt })
  await ctx.db.insert(tasks).values({ ...shared, id: taskId, name: 'Bench', isSupervisor: true })
  await registerDaemon(ctx, daemonId)

  /** Runs what was asked for to its end; throws when it failed. */
  const perform = async (requested: Promise<OperationView>): Promise<OperationView> => {
    const { id } = await requested
    await runOperation({ ctx, daemonId }, id)
    const done = await getOperation(ctx, { id })
    if (done.state !== 'done') throw new Error(`${done.kind}: ${done.error?.detail ?? done.state}`)
    return done
  }
  return {
    taskId,
    repositoryId,
    open,
    openStore: async () => openStore(storesFolder(ctx), repositoryId, await open()),
    perform,
  }
}

export type Work = Awaited<ReturnType<typeof createWork>>

/** Gives the task a conversation of so many rows. */
export async function fillConversation({ ctx, sql }: Prepared, taskId: string, rows: number): Promise<string> {
  const segmentId = newSegmentId()
  const { ownerId } = ctx.actor
  await ctx.db.insert(segments).values({ id: segmentId, ownerId, taskId, length: rows })
  await sql`
    insert into messages (segment_id, seq, owner_id, role, kind, text, at, tokens_input, tokens_output)
    select ${segmentId}, n, ${ownerId}, case when n % 10 = 1 then 'user' else 'assistant' end,
      case when n % 10 = 1 then 'prompt' else 'text' end, repeat('words of a message ', 80),
      now() - interval '1 day' + n * interval '1 second', 10, 100
    from generate_series(1, ${rows}::int) n`
  await sql`update tasks set head_segment_id = ${segmentId}, head_seq = ${rows}, message_count = ${rows} where id = ${taskId}`
  await sql`analyze messages`
  return segmentId
}
