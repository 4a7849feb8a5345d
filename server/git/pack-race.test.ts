// Packing while captures are taken: git is slowed down at one step, so that a capture falls right into it.
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from './capture'
import { packStore } from './pack'
import { deleteRef, verifyCheckpoint } from './store'
import { createWorld, type TestWorld } from './test-repository'
import type { Store } from './types'

let world: TestWorld
const path = process.env.PATH
afterEach(() => {
  process.env.PATH = path
  world.cleanup()
})

let number = 0
async function capture() {
  const { store, repository } = await world.open()
  number += 1
  return captureWorktree({ store, repository, ref: checkpointRef('task', number), message: 'Checkpoint' })
}

/** From now on the first git command that names `word` waits until `go` is called; `waiting` says when it is reached. */
function holdGitAt(word: string) {
  const folder = join(world.root, 'slow')
  const [reached, gate] = [join(folder, 'reached'), join(folder, 'gate')]
  mkdirSync(folder)
  writeFileSync(gate, '')
  const script = `#!/bin/sh
PATH='${path}'
case " $* " in *' ${word} '*)
  if mkdir '${reached}' 2>/dev/null; then
    out=$(mktemp '${folder}/out.XXXXXX'); git "$@" > "$out"; code=$?
    touch '${reached}/done'
    while [ -e '${gate}' ]; do sleep 0.02; done
    cat "$out"; exit $code
  fi;;
esac
exec git "$@"
`
  writeFileSync(join(folder, 'git'), script)
  chmodSync(join(folder, 'git'), 0o755)
  process.env.PATH = `${folder}:${path}`
  return {
    waiting: async () => {
      while (!existsSync(join(reached, 'done'))) await sleep(10)
    },
    go: () => rmSync(gate),
  }
}

/** A state that only the store's old pack holds any more, and no checkpoint. */
async function forgetState(store: Store): Promise<void> {
  world.write('a.txt', 'forgotten\n')
  const old = await capture()
  await packStore(store)
  world.write('a.txt', 'another\n')
  await capture()
  await deleteRef(store, old.ref)
}

function ageLoose(store: Store): void {
  const old = Date.now() / 1000 - 7_200
  for (const folder of readdirSync(join(store.path, 'objects')).filter((name) => name.length === 2))
    for (const name of readdirSync(join(store.path, 'objects', folder)))
      utimesSync(join(store.path, 'objects', folder, name), old, old)
}

test.each(['for-each-ref', 'rev-list', 'pack-objects'])(
  'a checkpoint taken while the store is packed keeps what lies in the old pack (%s)',
  async (step) => {
    world = createWorld()
    const { store } = await world.open()
    await forgetState(store)
    const held = holdGitAt(step)
    const packing = packStore(store)
    await held.waiting()
    world.write('a.txt', 'forgotten\n')
    const checkpoint = await capture()
    held.go()
    await packing
    expect(await verifyCheckpoint(store, checkpoint.commitSha)).toEqual({ ok: true })
  },
)

// Rules that changed are a matter for git itself; a single edit is captured without its index.
test.each([
  ['write-tree', '.gitignore'],
  ['diff-tree', 'b.txt'],
])('a checkpoint half taken when packing begins keeps what lies in the old pack (%s)', async (step, other) => {
  world = createWorld()
  const { store } = await world.open()
  await forgetState(store)
  world.write('a.txt', 'forgotten\n')
  world.write(other, '*.log\n')
  const held = holdGitAt(step)
  const capturing = capture()
  await held.waiting()
  const packing = packStore(store)
  await sleep(500)
  held.go()
  const checkpoint = await capturing
  await packing
  expect(await verifyCheckpoint(store, checkpoint.commitSha)).toEqual({ ok: true })
})

test('a checkpoint taken while the store is packed keeps what lay about loose for long', async () => {
  world = createWorld()
  const { store } = await world.open()
  world.write('a.txt', 'forgotten\n')
  const old = await capture()
  world.write('a.txt', 'another\n')
  await capture()
  await deleteRef(store, old.ref)
  ageLoose(store)
  const held = holdGitAt('pack-objects')
  const packing = packStore(store)
  await held.waiting()
  world.write('a.txt', 'forgotten\n')
  const checkpoint = await capture()
  held.go()
  await packing
  expect(await verifyCheckpoint(store, checkpoint.commitSha)).toEqual({ ok: true })
})
