// Forking a long conversation, which copies no message, beside copying its rows and beside the bare worktree.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { toMessageId } from '@/server/services/message-id'
import { requestCheckpoint, requestFork } from '@/server/services/operations'
import { createRepository } from './repository-data'
import { compare, type Line, timed } from './report'
import { createWork, fillConversation } from './work'
import type { Prepared, World } from './world'

export const title = 'Fork of a 10,000-message conversation'

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const length = world.quick ? 1_000 : 10_000
  const rounds = world.quick ? 2 : 5
  const database = await world.createDatabase('fork')
  const repository = await createRepository(join(world.folder, 'fork'), 100)
  const work = await createWork(database, repository.folder)
  await work.perform(requestCheckpoint(database.ctx, { taskId: work.taskId }))
  const segmentId = await fillConversation(database, work.taskId, length)
  const before = await countMessages(database)
  const [talks, forks, copies, worktrees]: [number[], number[], number[], number[]] = [[], [], [], []]
  const fork = (name: string, createBranch: boolean, from: { type: 'message_id' | 'timestamp'; value: string }) =>
    work.perform(
      requestFork(database.ctx, {
        taskId: work.taskId,
        forkFromType: from.type,
        forkFromValue: from.value,
        newTaskName: name,
        createBranch,
      }),
    )
  for (let round = 0; round < rounds; round++) {
    // Before the first checkpoint there is no code to lay out: this one is of the talk alone.
    const middle = { type: 'message_id' as const, value: toMessageId(segmentId, length / 2) }
    talks.push(await timed(() => fork(`Talk ${round}`, false, middle)))
    const end = { type: 'timestamp' as const, value: new Date().toISOString() }
    forks.push(await timed(() => fork(`Code ${round}`, true, end)))
    copies.push(await timed(() => copyRows(database, segmentId)))
    worktrees.push(await timed(() => addWorktree(repository, round)))
  }
  const after = await countMessages(database)
  await database.close()
  const ms = (samples: number[]) => ({ unit: 'ms' as const, samples })
  return {
    lines: [
      {
        name: 'rows of messages that the forks added',
        ours: { unit: 'rows', samples: [after - before] },
        target: { text: 'none', reached: after === before },
      },
      compare('fork of the talk', ms(talks), { name: 'copying its rows', measure: ms(copies) }),
      compare('fork with 100 files of code', ms(forks), { name: 'git worktree add', measure: ms(worktrees) }),
    ],
    notes: [`${length.toLocaleString('en')} messages, ${rounds * 2} forks`],
  }
}

async function countMessages({ sql }: Prepared): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from messages`
  return row?.n ?? 0
}

/** What a fork would cost that copies: the same rows again under another segment, then taken back. */
async function copyRows({ raw }: Prepared, segmentId: string): Promise<void> {
  await raw
    .begin(async (sql) => {
      await sql`create temporary table copied on commit drop as select * from messages where segment_id = ${segmentId}`
      await sql`update copied set segment_id = gen_random_uuid()`
      await sql`insert into messages select * from copied`
      throw new RolledBack()
    })
    .catch((error: unknown) => {
      if (!(error instanceof RolledBack)) throw error
    })
}

class RolledBack extends Error {}

function addWorktree({ folder, git }: { folder: string; git: (args: string[]) => string }, round: number): void {
  const path = `${folder}-worktree-${round}`
  git(['worktree', 'add', '-q', '-b', `bench-${round}`, path])
  rmSync(path, { recursive: true, force: true })
}
