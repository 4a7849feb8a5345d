// A supervisor with children, for the tests of the consistent cut: a moment all of them knew, and what each did after it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { inArray } from 'drizzle-orm'
import { tasks } from '@/db/schema'
import { openRepository } from '@/server/git/repository'
import { readFiles, readUserState } from '@/server/git/test-repository'
import { requestCheckpoint } from '@/server/services/operations'
import { readHeadPath } from '@/server/services/operation-talk'
import { recordRepository } from '@/server/services/repositories'
import type { OperationsWorld } from './test-world'

export type Family = Awaited<ReturnType<typeof tellFamily>>

/** A worktree of the world's repository on a branch of its own; what it answers writes into it. */
export async function addWorktree(w: OperationsWorld, name: string) {
  const folder = join(w.world.root, name)
  w.world.git('worktree', 'add', '-q', '-b', name, folder)
  const { worktreeId } = await recordRepository(w.ctx, await openRepository(folder))
  return { folder, worktreeId, write: (path: string, text: string) => writeFileSync(join(folder, path), text) }
}

export async function tellFamily(w: OperationsWorld) {
  w.world.write('stashed.txt', 'stashed\n')
  w.world.git('stash', 'push', '-q', '-u')
  w.world.write('.gitignore', '*.log\n')
  w.world.commit('rules')
  const tree = await addWorktree(w, 'child')
  const born = async () => {
    await sleep(5)
    return { startedAt: new Date() }
  }
  // Real times, because checkpoints have them too.
  const say = async (lines: string[], to?: string) => {
    await sleep(5)
    return w.say(
      lines.map((text) => ({ text, at: new Date() })),
      to,
    )
  }
  const save = async (taskId: string) => {
    await sleep(5)
    const done = await w.perform(requestCheckpoint(w.ctx, { taskId }))
    return String(done.result?.checkpointId)
  }
  const [last = ''] = await say(['one'])
  const { worktreeId } = tree
  const own = await w.addTask('In a folder of its own', { parentTaskId: w.taskId, worktreeId, ...(await born()) })
  const same = await w.addTask('In the same folder', { parentTaskId: w.taskId, ...(await born()) })
  const below = await w.addTask('Below the first', { parentTaskId: own, worktreeId: null, ...(await born()) })
  for (const child of [own, same, below]) await say(['begun'], child)
  w.world.write('main.txt', 'then\n')
  tree.write('a.txt', 'then\n')
  await save(own)
  const checkpoint = await save(w.taskId)
  const moment = { main: readFiles(w.world.folder), own: readFiles(tree.folder) }

  await say(['two', 'three'])
  const later = await w.addTask('Begun later', { parentTaskId: w.taskId, status: 'pending', ...(await born()) })
  await say(['more', 'and more'], own)
  for (const child of [same, below, later]) await say(['more'], child)
  w.world.write('main.txt', 'now\n')
  await save(w.taskId)
  tree.write('a.txt', 'now\n')
  tree.write('new.txt', 'new')
  const ownLatest = await save(own)
  tree.write('staged.txt', 'staged\n')
  w.world.git('-C', tree.folder, 'add', 'staged.txt')
  for (const folder of [w.world.folder, tree.folder]) writeFileSync(join(folder, 'debug.log'), 'ignored\n')

  const talkOf = async (id: string) => {
    const task = await w.getTask(id)
    return (await readHeadPath(w.ctx, { segmentId: task.headSegmentId, seq: task.headSeq })).total
  }
  /** Everything that an operation may move, and everything that none may. */
  const read = async () => {
    const rows = await w.ctx.db
      .select()
      .from(tasks)
      .where(inArray(tasks.id, [own, same, below, later]))
    return {
      main: readFiles(w.world.folder),
      own: readFiles(tree.folder),
      talks: {
        main: await talkOf(w.taskId),
        own: await talkOf(own),
        same: await talkOf(same),
        below: await talkOf(below),
        later: await talkOf(later),
      },
      counts: Object.fromEntries(rows.map((row) => [row.name, row.messageCount])),
      statuses: { later: rows.find((row) => row.id === later)?.status },
      user: [readUserState(w.world.folder), readUserState(tree.folder)],
    }
  }
  // Ignored files, and what a person staged since, stay in either direction.
  Object.assign(moment.main, { 'debug.log': '-:ignored\n' })
  Object.assign(moment.own, { 'debug.log': '-:ignored\n', 'staged.txt': '-:staged\n' })
  return { last, own, same, below, later, checkpoint, ownLatest, moment, folder: tree.folder, read }
}
