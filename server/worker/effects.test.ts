import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from '@/server/git/capture'
import { createFork, removeFork } from '@/server/git/fork'
import { openRepository, requireWorktree } from '@/server/git/repository'
import { takeSnapshot } from '@/server/git/snapshot'
import { createWorld, runTestGit, type TestWorld } from '@/server/git/test-repository'
import { applyEffect, revertEffect } from './effects'

let world: TestWorld
afterEach(() => world.cleanup())

test('taking back the removal of a fork brings back what is missing and leaves what was edited since', async () => {
  world = createWorld()
  world.write('a.txt', 'a\n')
  world.write('b.txt', 'b\n')
  const { store, repository } = await world.open()
  const ref = checkpointRef('task', 1)
  const checkpoint = await captureWorktree({ store, repository, ref, message: 'Checkpoint' })
  const folder = join(world.root, 'worktrees', 'fork')
  const fork = await createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder })
  const at = (name: string) => join(folder, name)
  const read = (name: string) => readFileSync(at(name), 'utf8')
  writeFileSync(at('work.txt'), 'in the snapshot\n')
  writeFileSync(at('b.txt'), 'b of the fork\n')
  rmSync(at('a.txt'))
  await takeSnapshot(store, requireWorktree(await openRepository(folder)), 'undo')

  // The worker is killed while git deletes; the person works on, and commits.
  for (const name of ['.git', 'b.txt']) rmSync(at(name))
  writeFileSync(at('work.txt'), 'after the snapshot\n')
  writeFileSync(at('new.txt'), 'new\n')
  const ground = { operationId: 'undo', store, repository, snapshotSha: null }
  const effect = { type: 'remove_fork' as const, folder, branch: 'fork', sha: fork.sha, taskId: 'task' }
  expect(await revertEffect(ground, effect, undefined)).toEqual([])
  expect([read('work.txt'), read('new.txt'), read('b.txt')]).toEqual([
    'after the snapshot\n',
    'new\n',
    'b of the fork\n',
  ])
  expect(existsSync(at('a.txt'))).toBe(false)
  expect(runTestGit(folder, 'rev-parse', '--abbrev-ref', 'HEAD')).toBe('fork')

  // A branch that grew in the fork is no hindrance either.
  runTestGit(folder, 'commit', '-q', '--allow-empty', '-m', 'more')
  expect(await revertEffect(ground, effect, undefined)).toEqual([])
  expect(read('work.txt')).toBe('after the snapshot\n')

  // A folder that is gone altogether comes back as it was.
  const gone = await removeFork({ store, repository, fork, operationId: 'again' })
  expect([existsSync(folder), gone.branchRemoved]).toEqual([false, false])
})

test('taking back the removal of a fork whose folder is gone lays it out as the snapshot has it', async () => {
  world = createWorld()
  world.write('a.txt', 'a\n')
  world.write('b.txt', 'b\n')
  const { store, repository } = await world.open()
  const ref = checkpointRef('task', 1)
  const checkpoint = await captureWorktree({ store, repository, ref, message: 'Checkpoint' })
  const folder = join(world.root, 'worktrees', 'fork')
  const effect = { type: 'remove_fork' as const, folder, branch: 'fork', sha: checkpoint.commitSha, taskId: 'task' }
  for (const [n, left] of ['everything', 'what git knows of it'].entries()) {
    const fork = await createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder })
    rmSync(join(folder, 'a.txt'))
    writeFileSync(join(folder, 'b.txt'), 'b of the fork\n')
    writeFileSync(join(folder, 'work.txt'), 'work\n')
    const operationId = `undo-${n}`
    if (left === 'everything') await removeFork({ store, repository, fork, operationId })
    else {
      await takeSnapshot(store, requireWorktree(await openRepository(folder)), operationId)
      rmSync(folder, { recursive: true })
    }
    await revertEffect({ operationId, store, repository, snapshotSha: null }, effect, undefined)
    expect(runTestGit(folder, 'status', '--short').split('\n').sort(), left).toEqual([
      ' D a.txt',
      ' M b.txt',
      '?? work.txt',
    ])
    // Killed while the files were laid out, and given up: all of it goes.
    await takeSnapshot(store, requireWorktree(await openRepository(folder)), `${operationId}-fork`)
    writeFileSync(join(folder, 'b.txt'), 'half way\n')
    const made = { ...effect, type: 'create_fork' as const, filesSha: null }
    await revertEffect({ operationId, store, repository, snapshotSha: null }, made, undefined)
    expect(existsSync(folder), left).toBe(false)
  }
})

test('taking back a branch or a stash that was refused has nothing to do', async () => {
  world = createWorld({ empty: true })
  world.write('a.txt', 'a\n')
  const { store, repository } = await world.open()
  const snapshot = await takeSnapshot(store, repository, 'rewind')
  const ground = { operationId: 'rewind', store, repository, snapshotSha: snapshot.commitSha }
  const stash = { type: 'preserve_stash' as const, message: 'before', snapshotSha: null }
  await expect(applyEffect(ground, stash, false)).rejects.toMatchObject({ code: 'precondition_failed' })
  expect(await revertEffect(ground, stash, undefined)).toEqual([])
  const theirs = world.commit('somebody was faster')
  world.git('branch', 'kept')
  const branch = { type: 'preserve_branch' as const, name: 'kept', snapshotSha: null }
  await expect(applyEffect(ground, branch, false)).rejects.toMatchObject({ code: 'conflict' })
  expect(await revertEffect(ground, branch, undefined)).toEqual([])
  expect(world.git('rev-parse', 'kept')).toBe(theirs)
})
