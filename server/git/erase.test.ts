import { execFileSync } from 'node:child_process'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from './capture'
import { eraseRefs } from './erase'
import { packStore } from './pack'
import { verifyCheckpoint } from './store'
import { createWorld, runTestGit, type TestWorld } from './test-repository'
import type { Store } from './types'

let world: TestWorld
afterEach(() => world.cleanup())

const CANARY = 'canary-5d1f'

async function capture(task: string, n: number) {
  const { store, repository } = await world.open()
  return captureWorktree({ store, repository, ref: checkpointRef(task, n), message: `Checkpoint ${n}` })
}

/** Every object that lies in the store itself, its content as text. */
function readOwnObjects(store: Store): Map<string, string> {
  const env = { ...process.env, GIT_ALTERNATE_OBJECT_DIRECTORIES: '' }
  const alternates = join(store.path, 'objects/info/alternates')
  const borrowed = execFileSync('cat', [alternates]).toString()
  writeFileSync(alternates, '')
  try {
    const ids = execFileSync(
      'git',
      ['-C', store.path, 'cat-file', '--batch-all-objects', '--batch-check=%(objectname)'],
      { env },
    )
    const all = new Map<string, string>()
    for (const sha of ids.toString().split('\n').filter(Boolean)) {
      const type = execFileSync('git', ['-C', store.path, 'cat-file', '-t', sha]).toString().trim()
      all.set(sha, execFileSync('git', ['-C', store.path, 'cat-file', type, sha]).toString('latin1'))
    }
    return all
  } finally {
    writeFileSync(alternates, borrowed)
  }
}

const holds = (store: Store, text: string) => [...readOwnObjects(store).values()].some((each) => each.includes(text))

for (const packed of [false, true]) {
  test(`what only an erased checkpoint held is in no object, ${packed ? 'packed and kept' : 'loose'}`, async () => {
    world = createWorld()
    const first = await capture('stays', 1)
    world.write('secret.txt', `${CANARY}\n`)
    world.write('shared.txt', 'both hold this\n')
    await capture('goes', 1)
    world.remove('secret.txt')
    const last = await capture('stays', 2)
    const { store } = await world.open()
    if (packed) {
      await packStore(store)
      for (const name of readdirSync(join(store.path, 'objects/pack')))
        if (name.endsWith('.pack')) writeFileSync(join(store.path, 'objects/pack', name.replace('.pack', '.keep')), '')
    }
    expect(holds(store, CANARY)).toBe(true)

    const erased = await eraseRefs(store, [checkpointRef('goes', 1)])
    expect(erased).toMatchObject({ refs: 1, young: 0 })
    expect(erased.objects).toBeGreaterThan(0)
    expect(holds(store, CANARY)).toBe(false)
    expect(holds(store, 'both hold this')).toBe(true)
    for (const { commitSha } of [first, last]) expect(await verifyCheckpoint(store, commitSha)).toEqual({ ok: true })
    expect(await eraseRefs(store, [checkpointRef('goes', 1)])).toMatchObject({ objects: 0 })
    // The private index is made anew.
    world.write('later.txt', 'later\n')
    const again = await capture('stays', 3)
    expect(await verifyCheckpoint(store, again.commitSha)).toEqual({ ok: true })
    expect(
      runTestGit(world.folder, '--git-dir', store.path, 'ls-tree', '-r', '--name-only', again.commitSha),
    ).toContain('later.txt')
  })
}

test('the last checkpoint goes with the worktree index that stands for the same files', async () => {
  world = createWorld()
  world.write('secret.txt', `${CANARY}\n`)
  await capture('goes', 1)
  const { store } = await world.open()
  await eraseRefs(store, [checkpointRef('goes', 1)])
  expect(readOwnObjects(store).size).toBe(0)
})

test('garbage of earlier removals goes when it is old enough, and what is being written stays', async () => {
  world = createWorld()
  const { store } = await world.open()
  await capture('stays', 1)
  execFileSync('git', ['-C', store.path, 'hash-object', '-w', '--stdin'], { input: CANARY })
  expect(await eraseRefs(store, [])).toMatchObject({ young: 1 })
  expect(holds(store, CANARY)).toBe(true)
  expect(await eraseRefs(store, [], 0)).toMatchObject({ objects: 1, young: 0 })
  expect(holds(store, CANARY)).toBe(false)
})

test('captures of the same worktree meanwhile lose nothing', async () => {
  world = createWorld()
  world.write('secret.txt', `${CANARY}\n`)
  await capture('goes', 1)
  const { store } = await world.open()
  world.remove('secret.txt')
  const captures = (async () => {
    const made: string[] = []
    for (let n = 2; n < 12; n++) {
      world.write('counter.txt', `${n}\n`)
      made.push((await capture('stays', n)).commitSha)
    }
    return made
  })()
  for (let n = 0; n < 4; n++) await eraseRefs(store, [checkpointRef('goes', 1)])
  for (const sha of await captures) expect(await verifyCheckpoint(store, sha)).toEqual({ ok: true })
  expect(holds(store, CANARY)).toBe(false)
})
