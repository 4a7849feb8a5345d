import { chmodSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from './capture'
import { listTreeRecursive } from './objects'
import { privateIndex } from './private-index'
import { verifyCheckpoint } from './store'
import { createWorld, runTestGit, type TestWorld } from './test-repository'
import type { CaptureLimits } from './types'

let world: TestWorld
afterEach(() => world.cleanup())

let number = 0
/** `quick` is true when the index of the capture was left as it was: then git wrote no tree. */
async function capture(limits: CaptureLimits = {}) {
  const { store, repository } = await world.open()
  const index = privateIndex(store, repository).indexFile
  const look = () => statSync(index, { bigint: true, throwIfNoEntry: false })?.mtimeNs ?? null
  const before = look()
  const ref = checkpointRef('task', ++number)
  const taken = await captureWorktree({ store, repository, ref, message: 'Checkpoint', ...limits })
  return { ...taken, quick: before === look(), complete: (await verifyCheckpoint(store, taken.commitSha)).ok }
}

/** The tree of everything, as git makes it in a repository that was never used before. */
function treeByGit(): string {
  const gitDir = join(world.root, `other-${++number}.git`)
  runTestGit('/', 'init', '-q', '--bare', `--object-format=${format}`, gitDir)
  const git = (...args: string[]) =>
    runTestGit(world.folder, `--git-dir=${gitDir}`, `--work-tree=${world.folder}`, ...args)
  git('add', '-A')
  return git('write-tree')
}
let format = 'sha1'

const PATHS = [
  'a',
  'a.b',
  'a-b/x',
  'ab/c/d/e.txt',
  'ab/c/f',
  'ab.txt',
  'é/ü.txt',
  'new\nline',
  '.github/x.yml',
  'src/a.txt',
]

describe('few changes', () => {
  test.each([
    ['sha1', 2],
    ['sha1', 4],
    ['sha256', 2],
  ] as const)('give the tree that git gives (%s, index version %i)', async (objectFormat, version) => {
    format = objectFormat
    world = createWorld({ objectFormat })
    world.write('src/deep/er/x.txt', 'x\n')
    world.commit('more')
    world.git('update-index', '--index-version', String(version))
    await capture()
    let quick = 0
    for (let round = 0; round < 12; round++) {
      for (const [n, path] of PATHS.entries()) {
        const turn = (round * 7 + n * 3) % 5
        if (turn === 0) world.write(path, `${round} ${n}\n`)
        if (turn === 1) world.remove(path)
        if (turn === 2 && world.exists(path)) chmodSync(join(world.folder, path), round % 2 ? 0o755 : 0o644)
      }
      const taken = await capture()
      expect(taken.treeSha).toBe(treeByGit())
      expect(taken.complete).toBe(true)
      if (taken.quick) quick += 1
    }
    expect(quick).toBe(12)
  })

  test('and more than a few, files that become folders, and links give it too', async () => {
    format = 'sha1'
    world = createWorld()
    await capture()
    world.write('one', '1\n')
    expect(await capture()).toMatchObject({ treeSha: treeByGit(), quick: true, filesChanged: 1, additions: 1 })
    world.remove('one')
    world.write('one/two', '2\n')
    world.remove('src')
    world.write('src', 'a file now\n')
    expect(await capture()).toMatchObject({ treeSha: treeByGit(), filesChanged: 5 })
    for (let n = 0; n < 20; n++) world.write(`many/${n}`, `${n}\n`)
    expect(await capture()).toMatchObject({ treeSha: treeByGit(), quick: false, filesChanged: 20, additions: 20 })
    world.write('many/3', 'other\n')
    expect(await capture()).toMatchObject({ treeSha: treeByGit(), quick: true, filesChanged: 1, deletions: 1 })
    expect(await capture()).toMatchObject({ treeSha: treeByGit(), quick: true, filesChanged: 0 })
  })

  test('a neighbour whose borrowed object was pruned is captured again', async () => {
    world = createWorld()
    world.write('src/staged.txt', 'staged\n')
    world.git('add', '-A')
    await capture()
    world.git('reset', '-q')
    expect((await capture()).complete).toBe(true)
    world.git('prune', '--expire=now')
    world.write('src/a.txt', 'edited\n')
    const taken = await capture()
    expect(taken.complete).toBe(true)
    expect(taken.notCovered).toEqual([])
  })
})

describe('what the last capture held and this one passes over', () => {
  const listed = async (sha: string) => {
    const paths: string[] = []
    for await (const entry of listTreeRecursive((await world.open()).store, sha)) paths.push(entry.path)
    return paths
  }

  test('keeps its last content when it grew over the limit or lies in a repository of its own now', async () => {
    world = createWorld()
    await capture()
    world.write('grown.txt', 'small\n')
    world.write('readme.md', 'small\n')
    world.write('inside/x.txt', 'x\n')
    const small = await capture()
    expect(small.quick).toBe(true)
    world.write('grown.txt', 'g'.repeat(2_000))
    world.write('readme.md', 'r'.repeat(2_000))
    mkdirSync(join(world.folder, 'inside/.git'))
    runTestGit(join(world.folder, 'inside'), 'init', '-q')
    const grown = await capture({ maxFileBytes: 1_000 })
    expect(grown.treeSha).toBe(small.treeSha)
    expect(grown.filesChanged).toBe(0)
    expect(grown.notCovered.map((entry) => entry.path).sort()).toEqual(['grown.txt', 'readme.md'])
  })

  test('stays away when it was deleted before it grew', async () => {
    world = createWorld()
    await capture()
    world.remove('readme.md')
    const gone = await capture()
    expect(gone).toMatchObject({ quick: true, filesChanged: 1 })
    world.write('readme.md', 'r'.repeat(2_000))
    expect((await capture({ maxFileBytes: 1_000 })).treeSha).toBe(gone.treeSha)
  })

  test('leaves when it is ignored now', async () => {
    world = createWorld()
    await capture()
    world.write('noise.log', 'x\n')
    expect(await listed((await capture()).commitSha)).toContain('noise.log')
    world.write('.gitignore', '*.log\n')
    expect(await listed((await capture()).commitSha)).toEqual(['.gitignore', 'readme.md', 'src/a.txt', 'src/b.txt'])
  })

  test('is not counted as changed when it is as before again', async () => {
    world = createWorld()
    const first = await capture()
    world.write('src/a.txt', 'edited\n')
    await capture()
    world.write('src/a.txt', 'a\n')
    expect(await capture()).toMatchObject({ treeSha: first.treeSha, filesChanged: 1, additions: 1, deletions: 1 })
  })
})
