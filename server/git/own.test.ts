// A checkpoint is the store's own from the moment it was taken, whatever the person's git does then.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from './capture'
import { findHeld } from './check-held'
import { listOwnObjects, packBorrowed, packStore } from './pack'
import { openRepository, requireWorktree } from './repository'
import { openStore, setRef } from './store'
import { createWorld, type TestWorld } from './test-repository'
import type { Store } from './types'

let world: TestWorld
const folders: string[] = []
afterEach(() => {
  world.cleanup()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

let number = 0
async function capture(storesDir = world.storesDir) {
  const repository = requireWorktree(await openRepository(world.folder))
  const store = await openStore(storesDir, 'repository', repository)
  number += 1
  const taken = await captureWorktree({ store, repository, ref: checkpointRef('task', number), message: 'Checkpoint' })
  return { store, ...taken }
}

const held = async (store: Store, ...commits: string[]) =>
  expect(await findHeld(store, commits)).toEqual(new Set(commits))

/** Everything goes that no branch of the person's needs. */
function prune() {
  world.git('reflog', 'expire', '--expire=now', '--all')
  world.git('gc', '-q', '--prune=now')
}

describe('without any packing', () => {
  test('checkpoints survive that their branch is deleted and everything is pruned at once', async () => {
    world = createWorld()
    world.git('checkout', '-q', '-b', 'feature')
    const commits: string[] = []
    for (let n = 0; n < 6; n++) {
      world.write(`src/deep/${n % 2}/file-${n}.txt`, `number ${n}\n`)
      // Loose, staged only, and in packs, as work goes.
      if (n % 3 === 0) world.commit(`step ${n}`)
      if (n % 3 === 1) world.git('add', '-A')
      if (n === 4) world.git('repack', '-q', '-a', '-d')
      commits.push((await capture()).commitSha)
    }
    world.git('add', '-A')
    world.git('commit', '-q', '--allow-empty', '-m', 'last')
    world.git('checkout', '-q', 'main')
    world.git('branch', '-q', '-D', 'feature')
    prune()
    const { store } = await world.open()
    await held(store, ...commits)
  })

  test('a checkpoint survives that .git is removed a moment later', async () => {
    world = createWorld()
    world.git('repack', '-q', '-a', '-d')
    const { store, commitSha, borrowed } = await capture()
    expect(borrowed).toBe(0)
    rmSync(join(world.folder, '.git'), { recursive: true })
    await held(store, commitSha)
  })

  test('an older branch that is checked out brings its objects along', async () => {
    world = createWorld()
    const first = world.git('rev-parse', 'HEAD')
    world.write('src/a.txt', 'second\n')
    world.commit('second')
    const { store, commitSha } = await capture()
    await packStore(store)
    world.git('checkout', '-q', '--detach', first)
    const back = await capture()
    world.git('update-ref', '-d', 'refs/heads/main')
    rmSync(join(world.folder, '.git'), { recursive: true })
    await held(store, commitSha, back.commitSha)
  })

  test('packing drops what was linked and is not needed', async () => {
    world = createWorld()
    world.write('large.bin', Buffer.from(Array.from({ length: 200_000 }, (_, n) => (n * 7919) % 251)))
    world.commit('large')
    world.remove('large.bin')
    world.commit('gone')
    world.git('repack', '-q', '-a', '-d')
    const { store, commitSha } = await capture()
    const large = world.git('rev-parse', 'HEAD~1:large.bin')
    await packStore(store)
    rmSync(join(world.folder, '.git'), { recursive: true })
    await held(store, commitSha)
    expect(await listOwnObjects(store)).not.toContain(large)
  })
})

/** A folder on another disk, where files cannot be linked; null where this machine has none. */
function otherDisk(): string | null {
  if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(tmpdir()).dev) return null
  const folder = mkdtempSync('/dev/shm/makima-own-')
  folders.push(folder)
  return folder
}

describe('on another disk', () => {
  test('what is borrowed is counted, and the next packing makes it the own, however often it is asked for', async (context) => {
    world = createWorld()
    const disk = otherDisk()
    if (disk === null) return context.skip()
    const { store, commitSha, borrowed } = await capture(disk)
    expect(borrowed).toBeGreaterThan(0)
    expect(await findHeld(store, [commitSha])).toEqual(new Set())
    expect(await packBorrowed(store)).toMatchObject({ missing: [], objects: borrowed })
    expect(await packBorrowed(store)).toMatchObject({ unchanged: true })
    world.write('src/a.txt', 'committed by the person\n')
    world.commit('second')
    const next = await capture(disk)
    await packBorrowed(store)
    rmSync(join(world.folder, '.git'), { recursive: true })
    await held(store, commitSha, next.commitSha)
  })
})

test('a checkpoint that lost an object is not called whole, and the others still are', async () => {
  world = createWorld()
  const one = await capture()
  world.git('checkout', '-q', '-b', 'feature')
  world.write('only-there.txt', 'f\n')
  const sha = world.commit('feature')
  await setRef(one.store, checkpointRef('imported', 1), sha)
  world.git('checkout', '-q', 'main')
  world.git('branch', '-q', '-D', 'feature')
  prune()
  expect(await findHeld(one.store, [one.commitSha, sha])).toEqual(new Set([one.commitSha]))
})
