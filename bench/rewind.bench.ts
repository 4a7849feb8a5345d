// Preview, safety snapshot, rewind and reading back of many changed files, beside the bare git commands on the same tree.
import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { newId } from '@/db/ids'
import { applyRewind } from '@/server/git/apply'
import { planRewind, readRewindFacts } from '@/server/git/rewind'
import { takeSnapshot } from '@/server/git/snapshot'
import { previewRewind, requestCheckpoint, requestRewind } from '@/server/services/operations'
import { type BenchRepository, createRepository } from './repository-data'
import { compare, type Line, timed } from './report'
import { createWork, type Work } from './work'
import type { Prepared, World } from './world'

export const title = 'Preview and rewind of 1,000 changed files'

type Ground = { database: Prepared; repository: BenchRepository; work: Work; checkpointId: string; sha: string }

export async function measure(world: World): Promise<{ lines: Line[]; notes: string[] }> {
  const [files, changed] = world.quick ? [500, 100] : [5_000, 1_000]
  const rounds = world.quick ? 2 : 5
  const database = await world.createDatabase('rewind')
  const repository = await createRepository(join(world.folder, 'rewind'), files)
  const work = await createWork(database, repository.folder)
  const taken = await work.perform(requestCheckpoint(database.ctx, { taskId: work.taskId }))
  const ground = {
    database,
    repository,
    work,
    checkpointId: String(taken.result?.checkpointId),
    sha: String(taken.result?.sha),
  }
  const ways = { bare: rewindBare, engine: rewindByEngine, operation: rewindByOperation }
  const samples = { bare: [] as number[], engine: [] as number[], operation: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    world.say(round < 0 ? 'rewind: warming up' : `rewind: round ${round + 1} of ${rounds}`)
    for (const name of ['bare', 'engine', 'operation'] as const) {
      await repository.reset()
      repository.edit(changed)
      const ms = await timed(() => ways[name](ground))
      if (round >= 0) samples[name].push(ms)
      const left = repository.git(['status', '--porcelain'])
      if (left !== '') throw new Error(`${name}: the files are not as they were:\n${left.slice(0, 500)}`)
    }
  }
  await database.close()
  const yardstick = { name: 'git snapshot + checkout', measure: { unit: 'ms' as const, samples: samples.bare } }
  const most = { text: '≤ 1.5 ×', isReached: (_: number, ratio: number) => ratio <= 1.5 }
  return {
    lines: [
      compare('plan, snapshot, apply, read back', { unit: 'ms', samples: samples.engine }, yardstick, most),
      // Told beside it and without a target: it plans a second time, to see that the plan still fits, and writes rows.
      compare('previewed, asked for, done, recorded', { unit: 'ms', samples: samples.operation }, yardstick),
    ],
    notes: [`${changed.toLocaleString('en')} of ${files.toLocaleString('en')} files with new contents in every round`],
  }
}

/** What a careful person would type: everything into a commit through an index of its own, then the old files back. */
function rewindBare({ repository: { folder, git } }: Ground): void {
  const index = join(folder, '.git', 'bench-index')
  copyFileSync(join(folder, '.git', 'index'), index)
  const env = { GIT_INDEX_FILE: index }
  git(['add', '-A'], env)
  const tree = git(['write-tree'], env)
  git(['commit-tree', tree, '-p', 'HEAD', '-m', 'before'])
  rmSync(index)
  git(['checkout', 'HEAD', '--', '.'])
}

async function rewindByEngine({ work, sha }: Ground): Promise<void> {
  const [repository, store] = await Promise.all([work.open(), work.openStore()])
  const facts = await readRewindFacts({ store, repository, targetSha: sha })
  const decided = planRewind(facts, { includeEdited: true })
  if (!decided.ok) throw new Error(decided.reason)
  const snapshot = await takeSnapshot(store, repository, newId())
  await applyRewind({ store, repository, plan: decided.plan, snapshotSha: snapshot.commitSha })
}

/** Everything that a click on Rewind sets in motion, in one process. */
async function rewindByOperation({ database: { ctx }, work, checkpointId }: Ground): Promise<void> {
  const input = { taskId: work.taskId, checkpointId, includeEdited: true }
  const { planHash } = await previewRewind(ctx, input)
  await work.perform(requestRewind(ctx, { ...input, planHash }))
}
