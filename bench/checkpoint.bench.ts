// Capturing a checkpoint after one edit in a large folder, beside the `git status` that a person would run there.
import { join } from 'node:path'
import { newId } from '@/db/ids'
import { captureWorktree, checkpointRef } from '@/server/git/capture'
import { requestCheckpoint } from '@/server/services/operations'
import { createRepository } from './repository-data'
import { compare, type Line, timed } from './report'
import { createWork } from './work'
import type { World } from './world'

export const title = 'A checkpoint after one edit'

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const files = world.quick ? 500 : 5_000
  const rounds = world.quick ? 3 : 9
  const database = await world.createDatabase('checkpoint')
  const repository = await createRepository(join(world.folder, 'checkpoint'), files)
  const work = await createWork(database, repository.folder)
  const [store, opened] = [await work.openStore(), await work.open()]
  const number = { next: 1 }
  const capture = async () =>
    captureWorktree({
      store,
      repository: opened,
      ref: checkpointRef(newId(), number.next++),
      message: 'bench',
    })
  const perform = () => work.perform(requestCheckpoint(database.ctx, { taskId: work.taskId }))
  const status = () => void repository.git(['status', '--porcelain'])
  // What the first of each has to learn is no part of the figure.
  const first = await timed(capture)
  await perform()
  status()
  const [captures, operations, statuses]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    repository.edit(1)
    statuses.push(await timed(status))
    captures.push(await timed(capture))
    repository.edit(1)
    operations.push(await timed(perform))
  }
  await database.close()
  const yardstick = { name: 'git status', measure: { unit: 'ms' as const, samples: statuses } }
  const most = { text: '≤ 2 ×', isReached: (_: number, ratio: number) => ratio <= 2 }
  return {
    lines: [
      compare('capture', { unit: 'ms', samples: captures }, yardstick, most),
      // Told beside it and without a target: rows of a database are no part of what git does.
      compare('asked for, captured, recorded', { unit: 'ms', samples: operations }, yardstick),
    ],
    notes: [`${files.toLocaleString('en')} files of 4 kB; the first capture of all took ${Math.round(first)} ms`],
  }
}
