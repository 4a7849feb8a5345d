import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { adoptCommit, findExistingCommits } from './adopt'
import { applyRewind } from './apply'
import { createBranch } from './branch'
import { captureWorktree, checkpointRef } from './capture'
import { findHeld } from './check-held'
import { createFork, removeFork } from './fork'
import { listOwnObjects, packStore } from './pack'
import { defaultBranchName, preserveAsBranch, preserveAsStash } from './preserve'
import { openRepository, requireWorktree } from './repository'
import { planRewind, readRewindFacts } from './rewind'
import { deleteSnapshot, findSnapshot, listObjects, listSnapshots, snapshotSize, takeSnapshot } from './snapshot'
import { setRef, storeSize, verifyCheckpoint } from './store'
import { createWorld, readFiles, readUserState, runTestGit, type TestWorld } from './test-repository'
import { undoBranch, undoStash } from './undo'

let world: TestWorld
afterEach(() => world.cleanup())

let number = 0
async function capture() {
  const { store, repository } = await world.open()
  number += 1
  return captureWorktree({ store, repository, ref: checkpointRef('task', number), message: 'Checkpoint' })
}

async function rewindTo(sha: string) {
  const { store, repository } = await world.open()
  number += 1
  const result = planRewind(await readRewindFacts({ store, repository, targetSha: sha }), { includeEdited: true })
  if (!result.ok) throw new Error(result.reason)
  const snapshot = await takeSnapshot(store, repository, `operation-${number}`)
  await applyRewind({ store, repository, plan: result.plan, snapshotSha: snapshot.commitSha })
  return snapshot
}

describe('the store outlives pruning', () => {
  test('a packed checkpoint restores byte for byte after the branch is deleted and everything is pruned', async () => {
    world = createWorld()
    world.git('checkout', '-q', '-b', 'feature')
    world.write('feature.bin', Buffer.from([0, 1, 2, 255]))
    world.write('run.sh', 'x\n')
    chmodSync(join(world.folder, 'run.sh'), 0o755)
    world.commit('feature')
    world.write('loose.txt', 'untracked then\n')
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    const { store } = await world.open()
    const packed = await packStore(store)
    expect(packed.missing).toEqual([])
    const own = await listOwnObjects(store)
    for (const sha of await listObjects(store, [checkpoint.commitSha])) expect(own.has(sha)).toBe(true)
    expect((await packStore(store)).unchanged).toBe(true)

    world.remove('loose.txt')
    world.git('checkout', '-q', 'main')
    world.git('branch', '-q', '-D', 'feature')
    world.git('reflog', 'expire', '--expire=now', '--all')
    world.git('gc', '-q', '--prune=now')
    expect(await verifyCheckpoint(store, checkpoint.commitSha)).toEqual({ ok: true })
    await rewindTo(checkpoint.commitSha)
    expect(readFiles(world.folder)).toEqual(then)

    const { repository } = await world.open()
    const branch = await createBranch({ store, repository, sha: checkpoint.commitSha, name: 'rescued' })
    expect(world.git('show', 'rescued:loose.txt')).toBe('untracked then')
    expect(world.git('fsck', '--strict')).not.toContain('missing')
    expect(await createBranch({ store, repository, sha: checkpoint.commitSha, name: 'rescued' })).toEqual(branch)
  })

  test('a checkpoint that was not packed in time is reported as incomplete, not restored half', async () => {
    world = createWorld()
    world.git('checkout', '-q', '-b', 'feature')
    world.write('feature.txt', 'f\n')
    const sha = world.commit('feature')
    const { store } = await world.open()
    // As on a disk without links: the ref is there, its objects are borrowed.
    await setRef(store, checkpointRef('imported', 1), sha)
    world.git('checkout', '-q', 'main')
    world.git('branch', '-q', '-D', 'feature')
    world.git('reflog', 'expire', '--expire=now', '--all')
    world.git('gc', '-q', '--prune=now')
    expect(await findHeld(store, [sha])).toEqual(new Set())
    expect(await verifyCheckpoint(store, sha)).toMatchObject({ ok: false })
    await expect(rewindTo(sha)).rejects.toMatchObject({ code: 'not_found' })
    expect((await packStore(store)).missing).toContain(sha)
  })

  test('captures go on after the user pruned what the private index borrowed', async () => {
    world = createWorld()
    world.write('staged.txt', 'only staged\n')
    world.git('add', '-A')
    await capture()
    world.git('reset', '-q')
    world.git('gc', '-q', '--prune=now')
    const next = await capture()
    const { store } = await world.open()
    expect(await verifyCheckpoint(store, next.commitSha)).toEqual({ ok: true })
    await rewindTo(next.commitSha)
    expect(world.read('staged.txt')).toBe('only staged\n')
  })

  test('many new files are captured as one pack, which packing takes up', async () => {
    world = createWorld()
    await capture()
    for (let n = 0; n < 60; n++) world.write(`many/file-${n}.txt`, `number ${n}\n`)
    world.write('many/empty.txt', '')
    const taken = await capture()
    const { store } = await world.open()
    const packs = () => readdirSync(join(store.path, 'objects/pack')).filter((name) => name.endsWith('.pack'))
    expect(packs()).toHaveLength(1)
    expect(taken.filesChanged).toBe(61)
    await packStore(store)
    expect(packs()).toHaveLength(1)
    for (let n = 0; n < 60; n++) world.write(`many/file-${n}.txt`, 'all the same\n')
    await rewindTo(taken.commitSha)
    expect(world.read('many/file-59.txt')).toBe('number 59\n')
    expect(await verifyCheckpoint(store, taken.commitSha)).toEqual({ ok: true })
  })

  test('deleting a snapshot frees its bytes with the next packing and harms no other state', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    world.write('big.bin', Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(Math.random() * 256))))
    await takeSnapshot(store, repository, 'one')
    world.remove('big.bin')
    await capture()
    expect(await snapshotSize(store, 'one')).toBeGreaterThan(250_000)
    await packStore(store)
    const before = await storeSize(store)
    await deleteSnapshot(store, 'one')
    await packStore(store)
    expect(await storeSize(store)).toBeLessThan(before - 250_000)
    expect(await verifyCheckpoint(store, checkpoint.commitSha)).toEqual({ ok: true })
  })
})

describe('snapshots and adopted commits', () => {
  test('snapshots are listed with HEAD, branch and time until they are deleted', async () => {
    world = createWorld()
    const { store, repository } = await world.open()
    const taken = await takeSnapshot(store, repository, 'operation-a')
    const [found] = await listSnapshots(store)
    expect(found).toMatchObject({
      operationId: 'operation-a',
      commitSha: taken.commitSha,
      treeSha: taken.treeSha,
      branch: 'main',
    })
    expect(found?.baseHead).toBe(world.git('rev-parse', 'HEAD'))
    expect(Date.now() - (found?.createdAt.getTime() ?? 0)).toBeLessThan(60_000)
    expect(await findSnapshot(store, 'operation')).toBe(null)
    await deleteSnapshot(store, 'operation-a')
    expect(await listSnapshots(store)).toEqual([])
  })

  test("a commit of the user's history becomes a checkpoint without copying a byte", async () => {
    world = createWorld()
    const first = world.git('rev-parse', 'HEAD')
    world.write('src/a.txt', 'later\n')
    world.commit('second')
    const { store } = await world.open()
    await adoptCommit(store, checkpointRef('imported', 1), first)
    for (const sha of await listOwnObjects(store)) {
      const place = join('objects', sha.slice(0, 2), sha.slice(2))
      expect(statSync(join(store.path, place)).ino).toBe(statSync(join(world.folder, '.git', place)).ino)
    }
    expect(await findHeld(store, [first])).toEqual(new Set([first]))
    await rewindTo(first)
    expect(world.read('src/a.txt')).toBe('a\n')
    const gone = '1'.repeat(40)
    await expect(adoptCommit(store, checkpointRef('imported', 2), gone)).rejects.toMatchObject({ code: 'not_found' })
    expect(await findExistingCommits(store, [first, gone])).toEqual(new Set([first]))
  })
})

describe('branches', () => {
  test('a branch holds the checkpoint, HEAD stays, and refused names change nothing', async () => {
    world = createWorld()
    world.write('src/a.txt', 'state\n')
    world.write('untracked.txt', 'u\n')
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    const before = readUserState(world.folder)
    const { sha } = await createBranch({ store, repository, sha: checkpoint.commitSha, name: 'idea/one' })
    expect(world.git('rev-parse', 'idea/one')).toBe(sha)
    expect(world.git('rev-parse', 'idea/one^')).toBe(world.git('rev-parse', 'HEAD'))
    expect(world.git('show', 'idea/one:untracked.txt')).toBe('u')
    const { refs: _, ...rest } = readUserState(world.folder)
    expect(before).toMatchObject(rest)
    world.write('src/b.txt', 'another state\n')
    const other = await capture()
    for (const name of ['main', 'idea', 'idea/one/deeper', 'idea/one']) {
      await expect(createBranch({ store, repository, sha: other.commitSha, name })).rejects.toMatchObject({
        code: 'conflict',
      })
    }
    for (const name of ['', '-x', 'a..b', 'a b', 'x.lock', 'HEAD', '@{-1}', 'a\nb', '/a', 'refs/']) {
      await expect(createBranch({ store, repository, sha: other.commitSha, name })).rejects.toMatchObject({
        code: 'invalid',
      })
    }
  })

  test('undo removes the branch only while it stands where it was made and is not checked out', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    const made = await createBranch({ store, repository, sha: checkpoint.commitSha, name: 'x' })
    world.git('checkout', '-q', 'x')
    expect(await undoBranch({ repository, ...made })).toMatchObject({ removed: false })
    world.git('commit', '-q', '--allow-empty', '-m', 'more')
    world.git('checkout', '-q', 'main')
    expect(await undoBranch({ repository, ...made })).toMatchObject({ removed: false })
    world.git('branch', '-q', '-f', 'x', made.sha)
    expect(await undoBranch({ repository, ...made })).toEqual({ removed: true })
    expect(await undoBranch({ repository, ...made })).toEqual({ removed: true })
    expect(world.git('branch', '--list', 'x')).toBe('')
  })
})

describe('preserving the state before a rewind', () => {
  test('as a branch, with the next free default name', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    world.write('new.txt', 'n\n')
    const snapshot = await rewindTo(checkpoint.commitSha)
    const { store, repository } = await world.open()
    const name = await defaultBranchName(repository, 'Fix the Login!')
    expect(name).toBe('makima/fix-the-login-before-rewind-1')
    await preserveAsBranch({ store, repository, snapshotSha: snapshot.commitSha, name })
    expect(world.git('show', `${name}:new.txt`)).toBe('n')
    expect(world.git('branch', '--show-current')).toBe('main')
    expect(await defaultBranchName(repository, 'Fix the Login!')).toBe('makima/fix-the-login-before-rewind-2')
  })

  test('as a stash entry that `git stash pop` brings back, untracked files too; index and files stay', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'staged\n')
    world.git('add', 'src/a.txt')
    world.write('src/b.txt', 'edited\n')
    world.write('deep/untracked.bin', Buffer.from([0, 255, 10]))
    const now = readFiles(world.folder)
    const snapshot = await rewindTo(checkpoint.commitSha)
    const then = readFiles(world.folder)
    const { store, repository } = await world.open()
    const before = readUserState(world.folder)
    const input = { store, repository, snapshotSha: snapshot.commitSha, message: 'makima: before rewind' }
    const made = await preserveAsStash(input)
    expect(await preserveAsStash(input)).toEqual(made)
    expect(world.git('stash', 'list')).toBe('stash@{0}: makima: before rewind')
    expect(readFiles(world.folder)).toEqual(then)
    expect(readUserState(world.folder)).toMatchObject({
      head: before.head,
      indexBytes: before.indexBytes,
      config: before.config,
    })
    world.git('reset', '-q')
    world.git('stash', 'pop', '-q')
    expect(readFiles(world.folder)).toEqual(now)
    expect(world.git('stash', 'list')).toBe('')
  })

  test('a stash entry can be taken away again, wherever it stands in the list', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    const snapshot = await rewindTo(checkpoint.commitSha)
    const { store, repository } = await world.open()
    const { stashSha } = await preserveAsStash({ store, repository, snapshotSha: snapshot.commitSha, message: 'ours' })
    world.write('src/b.txt', 'theirs\n')
    world.git('stash', 'push', '-q', '-m', 'theirs')
    expect(await undoStash({ repository, stashSha })).toEqual({ removed: true })
    expect(world.git('stash', 'list')).toBe('stash@{0}: On main: theirs')
    expect(await undoStash({ repository, stashSha })).toEqual({ removed: false })
  })

  test('a stash is refused where git cannot stash: before the first commit', async () => {
    world = createWorld({ empty: true })
    world.write('a', 'a')
    const { store, repository } = await world.open()
    const snapshot = await takeSnapshot(store, repository, 'x')
    await expect(
      preserveAsStash({ store, repository, snapshotSha: snapshot.commitSha, message: 'x' }),
    ).rejects.toMatchObject({
      code: 'precondition_failed',
    })
  })
})

describe('forks', () => {
  test('a fork has the files of the checkpoint, a clean status, and the allowed ignored files; the origin is untouched', async () => {
    world = createWorld()
    world.write('.gitignore', '.env*\nnode_modules/\n')
    world.write('.env', 'SECRET=1\n')
    world.write('.env.local', 'SECRET=2\n')
    world.write('node_modules/x', 'x')
    world.write('run.sh', 'x')
    chmodSync(join(world.folder, 'run.sh'), 0o755)
    symlinkSync('run.sh', join(world.folder, 'link'))
    world.write('dos.txt', 'a\r\n')
    world.write('.gitattributes', '* text=auto\n*.sh filter=evil\n')
    const marker = join(world.root, 'ran')
    world.git('config', 'filter.evil.smudge', `touch ${marker}; cat`)
    writeFileSync(join(world.folder, '.git/hooks/post-checkout'), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 })
    const checkpoint = await capture()
    const files = readFiles(world.folder)
    world.write('src/a.txt', 'later\n')
    const origin = readFiles(world.folder)
    const before = readUserState(world.folder)
    const { store, repository } = await world.open()
    const folder = join(world.root, 'worktrees', 'fork')
    const input = {
      store,
      repository,
      sha: checkpoint.commitSha,
      branch: 'fork',
      folder,
      copyIgnored: ['.env', '.env.*', '../x'],
    }
    const fork = await createFork(input)
    expect(fork.copied.sort()).toEqual(['.env', '.env.local'])
    const { 'node_modules/x': _, ...expected } = files
    expect(readFiles(folder)).toEqual(expected)
    expect(existsSync(marker)).toBe(false)
    expect(runTestGit(folder, 'diff-index', '--cached', 'HEAD')).toBe('')
    expect(readFiles(world.folder)).toEqual(origin)
    expect(readUserState(world.folder)).toMatchObject({
      head: before.head,
      indexBytes: before.indexBytes,
      config: before.config,
    })
    expect(await createFork(input)).toMatchObject({ folder: fork.folder, sha: fork.sha })
  })

  test('taking a fork away keeps what was changed there, and its branch if it grew', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    const folder = join(world.root, 'worktrees', 'fork')
    const fork = await createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder })
    writeFileSync(join(folder, 'work.txt'), 'work in the fork\n')
    const removed = await removeFork({ store, repository, fork, operationId: 'undo-fork' })
    expect(removed).toMatchObject({ branchRemoved: true })
    expect(existsSync(folder)).toBe(false)
    expect(runTestGit(world.folder, `--git-dir=${store.path}`, 'show', `${removed.snapshotSha}:work.txt`)).toBe(
      'work in the fork',
    )
    expect(await removeFork({ store, repository, fork, operationId: 'undo-fork' })).toMatchObject({
      snapshotSha: removed.snapshotSha,
    })
    const second = await createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder })
    runTestGit(folder, 'commit', '-q', '--allow-empty', '-m', 'more')
    expect(await removeFork({ store, repository, fork: second, operationId: 'undo-fork-2' })).toMatchObject({
      branchRemoved: false,
    })
    expect(world.git('worktree', 'list').split('\n')).toHaveLength(1)
  })

  test('a fork that is taken away in two goes keeps what was written between them', async () => {
    world = createWorld()
    world.write('a.txt', 'a\n')
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    const folder = join(world.root, 'worktrees', 'fork')
    const fork = await createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder })
    writeFileSync(join(folder, 'work.txt'), 'early\n')
    const worktree = requireWorktree(await openRepository(folder))
    const snapshot = await takeSnapshot(store, worktree, 'halves')
    writeFileSync(join(folder, 'work.txt'), 'late\n')
    const again = () => removeFork({ store, repository, fork, operationId: 'halves' })
    await expect(again()).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(join(folder, 'work.txt'), 'utf8')).toBe('late\n')
    // Killed inside of git: any of its files may be gone, and that is no edit.
    writeFileSync(join(folder, 'work.txt'), 'early\n')
    for (const name of ['a.txt', '.git']) rmSync(join(folder, name))
    expect(await again()).toMatchObject({ snapshotSha: snapshot.commitSha, branchRemoved: true })
    expect(existsSync(folder)).toBe(false)
  })

  test('a fork without a branch stands on the checkpoint alone and leaves no branch behind', async () => {
    world = createWorld()
    world.write('src/a.txt', 'state\n')
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    const before = readUserState(world.folder)
    const folder = join(world.root, 'worktrees', 'alone')
    const fork = await createFork({ store, repository, sha: checkpoint.commitSha, branch: null, folder })
    expect(readFileSync(join(folder, 'src/a.txt'), 'utf8')).toBe('state\n')
    expect(runTestGit(folder, 'rev-parse', 'HEAD')).toBe(fork.sha)
    expect(readUserState(world.folder).refs).toBe(before.refs)
    expect(await removeFork({ store, repository, fork, operationId: 'alone' })).toMatchObject({ branchRemoved: false })
    expect(existsSync(folder)).toBe(false)
  })

  test('a folder that is taken is refused', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const { store, repository } = await world.open()
    mkdirSync(join(world.root, 'taken'))
    writeFileSync(join(world.root, 'taken/mine'), 'x')
    await expect(
      createFork({ store, repository, sha: checkpoint.commitSha, branch: 'fork', folder: join(world.root, 'taken') }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(readFileSync(join(world.root, 'taken/mine'), 'utf8')).toBe('x')
  })
})

describe('when the machine fails', () => {
  test.skipIf(process.getuid?.() !== 0)(
    'a full disk: nothing is half written, the error is a sentence, and it works once there is space',
    async (context) => {
      world = createWorld()
      const small = join(world.root, 'small')
      mkdirSync(small)
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', small], { stdio: 'ignore' })
      } catch {
        return context.skip('tmpfs cannot be mounted here')
      }
      try {
        runTestGit(world.folder, 'clone', '-q', '--no-hardlinks', world.folder, join(small, 'project'))
        const disk = { ...world, folder: join(small, 'project') }
        const { openRepository, requireWorktree } = await import('./repository')
        const { openStore } = await import('./store')
        const repository = requireWorktree(await openRepository(disk.folder))
        const store = await openStore(world.storesDir, 'small', repository)
        for (let n = 0; n < 10; n++) writeFileSync(join(disk.folder, `f${n}`), Buffer.alloc(150_000, n))
        const checkpoint = await captureWorktree({ store, repository, ref: checkpointRef('s', 1), message: 'x' })
        for (let n = 0; n < 10; n++) writeFileSync(join(disk.folder, `f${n}`), 'small now')
        const result = planRewind(await readRewindFacts({ store, repository, targetSha: checkpoint.commitSha }), {
          includeEdited: true,
        })
        if (!result.ok) throw new Error(result.reason)
        const snapshot = await takeSnapshot(store, repository, 'full')
        const ballast = join(small, 'ballast')
        try {
          writeFileSync(ballast, Buffer.alloc(8_000_000))
        } catch {
          execFileSync('truncate', ['-s', '-1000000', ballast])
        }
        const files = readFiles(disk.folder)
        const input = { store, repository, plan: result.plan, snapshotSha: snapshot.commitSha }
        await expect(applyRewind(input)).rejects.toMatchObject({
          code: 'git_failed',
          message: expect.stringContaining('disk is full'),
        })
        expect(readFiles(disk.folder)).toEqual(files)
        execFileSync('rm', [ballast])
        await applyRewind(input)
        expect(readFileSync(join(disk.folder, 'f7'))).toHaveLength(150_000)
      } finally {
        execFileSync('umount', [small])
      }
    },
  )

  test('killed with -9 at random moments, a rewind always ends exactly before or exactly after', {
    timeout: 300_000,
  }, async () => {
    world = createWorld()
    for (let n = 0; n < 300; n++) world.write(`d${n % 20}/f${n}.txt`, `one ${n}\n`.repeat(50))
    symlinkSync('d1', join(world.folder, 'link'))
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    for (let n = 0; n < 300; n += 2) world.write(`d${n % 20}/f${n}.txt`, `two ${n}\n`.repeat(60))
    for (let n = 1; n < 100; n += 4) world.remove(`d${n % 20}/f${n}.txt`)
    for (let n = 0; n < 100; n++) world.write(`new${n % 7}/f${n}.txt`, `new ${n}\n`)
    world.remove('link')
    world.write('link/now-a-folder', 'x')
    await capture()
    const now = readFiles(world.folder)
    const user = readUserState(world.folder)
    const { store, repository } = await world.open()
    const result = planRewind(await readRewindFacts({ store, repository, targetSha: checkpoint.commitSha }), {
      includeEdited: true,
    })
    if (!result.ok) throw new Error(result.reason)
    const snapshot = await takeSnapshot(store, repository, 'kill')
    const input = { store, repository, plan: result.plan, snapshotSha: snapshot.commitSha }
    const file = join(world.root, 'input.json')
    writeFileSync(file, JSON.stringify(input))
    const { resolveInterrupted } = await import('./apply')
    const halves = new Set<string>()
    for (let round = 0; round < 24; round++) {
      const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'apply-child.ts'), file], {
        cwd: process.cwd(),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(child.stdout, 'data')
      await new Promise((resolve) => setTimeout(resolve, 10 + ((round * 37) % 260)))
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      const left = readFiles(world.folder)
      const same = (expected: Record<string, string>) => JSON.stringify(left) === JSON.stringify(expected)
      halves.add(same(now) ? 'before' : same(then) ? 'after' : 'between')
      const goal = round % 2 === 0 ? 'before' : 'after'
      await resolveInterrupted({ ...input, goal })
      expect(readFiles(world.folder)).toEqual(goal === 'before' ? now : then)
      await resolveInterrupted({ ...input, goal: 'before' })
      expect(readFiles(world.folder)).toEqual(now)
      expect(readdirSync(world.folder).filter((name) => name.startsWith('.makima'))).toEqual([])
    }
    expect(readUserState(world.folder)).toEqual(user)
    console.info(`killed while: ${[...halves].join(', ')}`)
  })
})
