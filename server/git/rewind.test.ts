import { chmodSync, linkSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { applyRewind, resolveInterrupted } from './apply'
import { captureWorktree, checkpointRef } from './capture'
import { planRewind, type RewindInput, readRewindFacts } from './rewind'
import { takeSnapshot } from './snapshot'
import { createWorld, readFiles, readUserState, type TestWorld } from './test-repository'
import type { ApplyResult, Capture, RewindOptions, RewindPlan } from './types'
import { readUndoFacts } from './undo'

let world: TestWorld
afterEach(() => world.cleanup())

let number = 0
async function capture(limits = {}): Promise<Capture> {
  const { store, repository } = await world.open()
  number += 1
  return captureWorktree({ store, repository, ref: checkpointRef('task', number), message: 'Checkpoint', ...limits })
}

async function plan(
  target: string,
  input: Partial<RewindInput> = {},
  options: Partial<RewindOptions> = {},
): Promise<RewindPlan> {
  const result = planRewind(await readRewindFacts({ ...(await world.open()), targetSha: target, ...input }), options)
  if (!result.ok) throw new Error(result.reason)
  return result.plan
}

/** Snapshot and apply, as the worker does it. */
async function apply(made: RewindPlan): Promise<ApplyResult & { snapshotSha: string }> {
  const { store, repository } = await world.open()
  number += 1
  const snapshot = await takeSnapshot(store, repository, `operation-${number}`)
  return {
    ...(await applyRewind({ store, repository, plan: made, snapshotSha: snapshot.commitSha })),
    snapshotSha: snapshot.commitSha,
  }
}

async function undo(done: { snapshotSha: string; treeSha: string }): Promise<ApplyResult & { snapshotSha: string }> {
  const facts = await readUndoFacts({ ...(await world.open()), snapshotSha: done.snapshotSha, afterTree: done.treeSha })
  const result = planRewind(facts)
  if (!result.ok) throw new Error(result.reason)
  return apply(result.plan)
}

const kinds = (made: RewindPlan) =>
  Object.fromEntries(made.actions.map((action) => [action.path, action.keepReason ?? action.action]))

describe('rewinding', () => {
  test('restores, deletes and recreates, keeps ignored files, and leaves HEAD, refs, index and stash alone', async () => {
    world = createWorld()
    world.write('.gitignore', 'ignored.txt\n')
    world.write('ignored.txt', 'mine\n')
    world.write('untracked.txt', 'then\n')
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    world.write('src/a.txt', 'later\n')
    world.write('made/deep/later.txt', 'later\n')
    world.remove('src/b.txt')
    world.remove('untracked.txt')
    world.write('ignored.txt', 'still mine\n')
    world.git('add', 'src/a.txt')
    const last = await capture()
    const before = readUserState(world.folder)
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(made)).toEqual({
      'made/deep/later.txt': 'delete',
      'src/a.txt': 'restore',
      'src/b.txt': 'recreate',
      'untracked.txt': 'recreate',
    })
    const done = await apply(made)
    expect(readFiles(world.folder)).toEqual({ ...then, 'ignored.txt': '-:still mine\n' })
    expect(readUserState(world.folder)).toEqual(before)
    expect(world.exists('made')).toBe(false)
    expect(done.treeSha).toBe(checkpoint.treeSha)
    expect(done.results.every((result) => result.outcome === 'done')).toBe(true)
    expect(done.changedMeanwhile).toEqual([])
  })

  test('undo brings everything back, and undo of undo goes forward again', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    world.write('src/a.txt', 'later\n')
    world.write('new.txt', 'new\n')
    world.remove('src/b.txt')
    const now = readFiles(world.folder)
    const last = await capture()
    const rewound = await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(readFiles(world.folder)).toEqual(then)
    const undone = await undo(rewound)
    expect(readFiles(world.folder)).toEqual(now)
    await undo(undone)
    expect(readFiles(world.folder)).toEqual(then)
  })

  test("keeps a person's edit made after the agent, and takes it back only when asked", async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'agent\n')
    world.write('src/b.txt', 'agent\n')
    world.write('agent.txt', 'agent\n')
    const last = await capture()
    world.write('src/b.txt', 'person\n')
    world.write('person.txt', 'person\n')
    world.write('agent.txt', 'agent, then person\n')
    const careful = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(careful)).toEqual({
      'agent.txt': 'edited_since',
      'person.txt': 'unknown_origin',
      'src/a.txt': 'restore',
      'src/b.txt': 'edited_since',
    })
    const all = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }, { includeEdited: true })
    expect(all.counts).toEqual({ restore: 2, delete: 2, recreate: 0, keep: 0 })
    expect(all.planHash).not.toBe(careful.planHash)
    const some = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }, { includePaths: ['src/b.txt'] })
    expect(kinds(some)).toMatchObject({ 'src/b.txt': 'restore', 'person.txt': 'unknown_origin' })
    await apply(careful)
    expect(world.read('src/a.txt')).toBe('a\n')
    expect(world.read('src/b.txt')).toBe('person\n')
    expect(world.read('person.txt')).toBe('person\n')
  })

  test('two tasks in one folder: what the other one changed stays', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'mine\n')
    world.write('src/b.txt', 'theirs\n')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, {
      lastKnownTree: last.treeSha,
      otherTasks: [{ path: 'src/b.txt', task: 'Docs' }],
    })
    expect(kinds(made)).toEqual({ 'src/a.txt': 'restore', 'src/b.txt': 'other_task' })
    const own = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha, ownedPaths: ['src/a.txt'] })
    expect(kinds(own)).toEqual({ 'src/a.txt': 'restore', 'src/b.txt': 'not_owned' })
    await apply(made)
    expect(world.read('src/b.txt')).toBe('theirs\n')
  })

  test('a file nobody knows is kept when there is no capture after the checkpoint, edits too', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('stranger.txt', 's\n')
    world.write('src/a.txt', 'edited\n')
    const made = await plan(checkpoint.commitSha, { lastKnownTree: checkpoint.treeSha })
    expect(kinds(made)).toEqual({ 'src/a.txt': 'edited_since', 'stranger.txt': 'unknown_origin' })
    const known = await plan(checkpoint.commitSha)
    expect(kinds(known)).toEqual({ 'src/a.txt': 'restore', 'stranger.txt': 'unknown_origin' })
  })

  test('preview, then a change, then apply is refused and writes nothing', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    world.write('src/b.txt', 'changed after the preview\n')
    const files = readFiles(world.folder)
    await expect(apply(made)).rejects.toMatchObject({ code: 'conflict' })
    expect(readFiles(world.folder)).toEqual(files)
    world.git('checkout', '-q', 'src/b.txt')
    world.git('commit', '-q', '--allow-empty', '-m', 'HEAD moved')
    await expect(apply(made)).rejects.toMatchObject({ code: 'conflict' })
    expect(world.read('src/a.txt')).toBe('later\n')
  })

  test('applying an applied plan again changes nothing and succeeds', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    const done = await apply(made)
    const { store, repository } = await world.open()
    const again = await applyRewind({ store, repository, plan: made, snapshotSha: done.snapshotSha })
    expect(again.results).toEqual(done.results)
  })

  test('lists the commits made after the point and leaves them where they are', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'one\n')
    world.commit('after one')
    world.write('committed.txt', 'two\n')
    const head = world.commit('after two')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(made.commitsAfter.map((commit) => commit.subject)).toEqual(['after two', 'after one'])
    expect(made.commitsAfterTotal).toBe(2)
    await apply(made)
    expect(world.exists('committed.txt')).toBe(false)
    expect(world.git('rev-parse', 'HEAD')).toBe(head)
  })

  test('nothing changed: an empty plan, applied without touching a file', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const made = await plan(checkpoint.commitSha)
    expect(made.actions).toEqual([])
    const time = statSync(join(world.folder, 'src/a.txt')).mtimeMs
    await apply(made)
    expect(statSync(join(world.folder, 'src/a.txt')).mtimeMs).toBe(time)
  })

  test('a checkpoint whose files are gone is refused with a sentence', async () => {
    world = createWorld()
    await expect(plan('1234567890123456789012345678901234567890')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('ignore files', () => {
  test('a file that is ignored now is not overwritten, though the checkpoint holds an older one', async () => {
    world = createWorld()
    world.write('local.cfg', 'old\n')
    const checkpoint = await capture()
    world.write('.gitignore', 'local.cfg\n')
    world.write('local.cfg', 'precious\n')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(made)).toEqual({ '.gitignore': 'delete', 'local.cfg': 'ignored_now' })
    const done = await apply(made)
    expect(world.read('local.cfg')).toBe('precious\n')
    expect(done.changedMeanwhile).toEqual([])
  })

  test('a file that was ignored then is not deleted, though the checkpoint lacks it', async () => {
    world = createWorld()
    world.write('.gitignore', 'data/\n')
    world.write('data/db.sqlite', 'precious\n')
    const checkpoint = await capture()
    world.remove('.gitignore')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(made)).toEqual({ '.gitignore': 'recreate', 'data/db.sqlite': 'ignored_then' })
    const done = await apply(made)
    expect(world.read('data/db.sqlite')).toBe('precious\n')
    expect(done.changedMeanwhile).toEqual([])
    await undo(done)
    expect(world.exists('.gitignore')).toBe(false)
    expect(world.read('data/db.sqlite')).toBe('precious\n')
  })

  test('a tracked file that the old rules ignore is restored and verified', async () => {
    world = createWorld()
    world.write('.gitignore', '*.log\n')
    world.write('kept.log', 'v1\n')
    world.git('add', '-f', 'kept.log')
    world.commit('forced')
    const checkpoint = await capture()
    world.git('rm', '-q', 'kept.log')
    world.commit('gone')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    const done = await apply(made)
    expect(world.read('kept.log')).toBe('v1\n')
    expect(done.results).toEqual([{ path: 'kept.log', action: 'recreate', outcome: 'done' }])
  })

  test('a folder with ignored files in it is emptied of planned files only', async () => {
    world = createWorld()
    world.write('.gitignore', '*.tmp\n')
    const checkpoint = await capture()
    world.write('work/made.txt', 'x')
    world.write('work/mine.tmp', 'x')
    const last = await capture()
    await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(world.exists('work/made.txt')).toBe(false)
    expect(world.read('work/mine.tmp')).toBe('x')
  })

  test('a folder with ignored files is not replaced by the file it once was', async () => {
    world = createWorld()
    world.write('.gitignore', '*.tmp\n')
    world.write('thing', 'file\n')
    const checkpoint = await capture()
    world.remove('thing')
    world.write('thing/inside.txt', 'x')
    world.write('thing/mine.tmp', 'precious')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(made)).toEqual({ thing: 'blocked', 'thing/inside.txt': 'delete' })
    await apply(made)
    expect(world.read('thing/mine.tmp')).toBe('precious')
  })
})

describe('bytes are bytes', () => {
  test('odd names, binary files, CRLF, empty files, executable bits and symlinks come back equal', async () => {
    world = createWorld()
    const odd = Buffer.concat([Buffer.from(`${world.folder}/`), Buffer.from([0x66, 0xff, 0xfe])])
    const names = [
      ' space ',
      'line\nbreak',
      'quote"s\\',
      '-rf',
      ':(top)x',
      '*',
      'Case',
      'case',
      'ünï',
      'a_b',
      'a/b',
      '.git-not',
      'deep/er/x',
    ]
    const fill = (turn: string) => {
      writeFileSync(odd, `odd ${turn}\r\n`)
      for (const name of names) world.write(name, `${name} ${turn}\r\n`)
      world.write('bin', Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * (turn === 'one' ? 7 : 11)) % 256)))
    }
    fill('one')
    world.write('empty', '')
    world.write('run.sh', 'x')
    chmodSync(join(world.folder, 'run.sh'), 0o755)
    symlinkSync('../../outside target', join(world.folder, 'link'))
    symlinkSync('/etc/hostname', join(world.folder, 'link2'))
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    fill('two')
    world.write('empty', 'no more')
    chmodSync(join(world.folder, 'run.sh'), 0o644)
    world.remove('link')
    world.write('link', 'now a file')
    world.remove('link2')
    symlinkSync('elsewhere', join(world.folder, 'link2'))
    const last = await capture()
    const now = readFiles(world.folder)
    const done = await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(readFiles(world.folder)).toEqual(then)
    await undo(done)
    expect(readFiles(world.folder)).toEqual(now)
  })

  test('a symlink to the outside is changed itself, never what it points at', async () => {
    world = createWorld()
    const outside = join(world.root, 'outside.txt')
    writeFileSync(outside, 'outside\n')
    world.write('file', 'content\n')
    const checkpoint = await capture()
    world.remove('file')
    symlinkSync(outside, join(world.folder, 'file'))
    const last = await capture()
    await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(world.read('file')).toBe('content\n')
    expect(readFileSync(outside, 'utf8')).toBe('outside\n')
  })

  test('a folder that became a symlink to the outside is not followed', async () => {
    world = createWorld()
    const outside = join(world.root, 'outside')
    mkdirSync(outside)
    writeFileSync(join(outside, 'x.txt'), 'outside\n')
    world.write('folder/x.txt', 'inside\n')
    const checkpoint = await capture()
    world.remove('folder')
    symlinkSync(outside, join(world.folder, 'folder'))
    const last = await capture()
    const careful = await plan(
      checkpoint.commitSha,
      { lastKnownTree: checkpoint.treeSha },
      { includePaths: ['folder/x.txt'] },
    )
    expect(kinds(careful)).toEqual({ folder: 'unknown_origin', 'folder/x.txt': 'blocked' })
    const done = await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(world.read('folder/x.txt')).toBe('inside\n')
    expect(readFileSync(join(outside, 'x.txt'), 'utf8')).toBe('outside\n')
    await undo(done)
    expect(readFileSync(join(outside, 'x.txt'), 'utf8')).toBe('outside\n')
  })

  test('the other name of a hard link outside of the plan keeps its content', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    const outside = join(world.root, 'hard.txt')
    linkSync(join(world.folder, 'src/a.txt'), outside)
    const last = await capture()
    await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(world.read('src/a.txt')).toBe('a\n')
    expect(readFileSync(outside, 'utf8')).toBe('later\n')
  })

  test('files become folders and folders files, both ways', async () => {
    world = createWorld()
    world.write('thing', 'file\n')
    world.write('folder/deep/x', 'x\n')
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    world.remove('thing')
    world.write('thing/inside/deep', 'i\n')
    world.remove('folder')
    world.write('folder', 'file now\n')
    const now = readFiles(world.folder)
    const last = await capture()
    const done = await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(readFiles(world.folder)).toEqual(then)
    await undo(done)
    expect(readFiles(world.folder)).toEqual(now)
  })

  test('permissions other than the executable bit stay as the person set them', async () => {
    world = createWorld()
    chmodSync(join(world.folder, 'src/a.txt'), 0o600)
    const checkpoint = await capture()
    world.write('src/a.txt', 'secret later\n')
    const last = await capture()
    await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(statSync(join(world.folder, 'src/a.txt')).mode & 0o777).toBe(0o600)
  })

  test('attributes and line-ending settings change no byte on the way back', async () => {
    world = createWorld()
    world.write('.gitattributes', '* text=auto eol=crlf\n*.id ident\n')
    world.write('unix.txt', 'a\nb\n')
    world.write('dos.txt', 'a\r\nb\r\n')
    world.write('x.id', '$Id$\n')
    world.commit('attributes')
    world.git('config', 'core.autocrlf', 'true')
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    for (const name of ['unix.txt', 'dos.txt', 'x.id']) world.write(name, 'changed\n')
    const last = await capture()
    await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(readFiles(world.folder)).toEqual(then)
  })

  test('a SHA-256 repository without a commit', async () => {
    world = createWorld({ empty: true, objectFormat: 'sha256' })
    world.write('a', '1\n')
    const checkpoint = await capture()
    world.write('a', '2\n')
    world.write('b', '2\n')
    const last = await capture()
    const done = await apply(await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha }))
    expect(readFiles(world.folder)).toEqual({ a: '-:1\n' })
    await undo(done)
    expect(readFiles(world.folder)).toEqual({ a: '-:2\n', b: '-:2\n' })
  })
})

describe('what is not covered is never touched', () => {
  test('a file over the size limit, a repository inside and a submodule stay', async () => {
    world = createWorld()
    world.write('grown.bin', 'small then\n')
    const checkpoint = await capture()
    world.write('grown.bin', Buffer.alloc(5_000, 1))
    world.git('init', '-q', 'inside')
    world.write('inside/x', 'x')
    const limits = { maxFileBytes: 1_000 }
    const last = await capture(limits)
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha, ...limits }, { includeEdited: true })
    expect(made.actions).toEqual([])
    expect(made.notCovered.map((entry) => entry.reason).sort()).toEqual(['nested_repository', 'too_large'])
    expect(readFileSync(join(world.folder, 'grown.bin'))).toHaveLength(5_000)
  })

  test('a file that grew over the limit between two states is not overwritten', async () => {
    world = createWorld()
    world.write('grown.bin', 'one\n')
    const checkpoint = await capture()
    world.write('grown.bin', 'two\n')
    await capture()
    world.write('grown.bin', Buffer.alloc(5_000, 1))
    const made = await plan(checkpoint.commitSha, { maxFileBytes: 1_000 }, { includeEdited: true })
    expect(kinds(made)).toEqual({ 'grown.bin': 'not_covered' })
  })

  test('paths outside of a sparse checkout are not written', async () => {
    world = createWorld()
    world.write('docs/d.txt', 'one\n')
    world.commit('docs')
    const checkpoint = await capture()
    world.write('docs/d.txt', 'two\n')
    world.commit('docs two')
    world.git('sparse-checkout', 'set', '--cone', 'src')
    world.write('src/a.txt', 'later\n')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    expect(kinds(made)).toEqual({ 'docs/d.txt': 'sparse', 'src/a.txt': 'restore' })
    await apply(made)
    expect(world.exists('docs')).toBe(false)
    expect(world.read('src/a.txt')).toBe('a\n')
  })

  test('a hostile tree cannot write into .git or out of the worktree', async () => {
    world = createWorld()
    const blob = world.git('hash-object', '-w', 'readme.md')
    const hooks = world.git('mktree').length > 0 ? await makeTree(`100644 blob ${blob}\tpost-checkout\n`) : ''
    const inner = await makeTree(`040000 tree ${hooks}\thooks\n`)
    const tree = await makeTree(`040000 tree ${inner}\t.GIT\n100644 blob ${blob}\tfine.txt\n`)
    const sha = world.git('commit-tree', tree, '-m', 'hostile')
    const made = await plan(sha, {}, { includeEdited: true })
    expect(kinds(made)).toMatchObject({ '.GIT/hooks/post-checkout': 'unsafe_path', 'fine.txt': 'recreate' })
    await apply(made)
    expect(world.exists('.GIT/hooks')).toBe(false)
  })
})

async function makeTree(lines: string): Promise<string> {
  const { execFileSync } = await import('node:child_process')
  return execFileSync('git', ['mktree'], { cwd: world.folder, input: lines, encoding: 'utf8' }).trim()
}

describe('failures', () => {
  test('two operations at once: one is carried out, the other refused, and the files are one state or the other', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    for (let n = 0; n < 50; n++) world.write(`src/f${n}.txt`, `later ${n}\n`)
    world.write('src/a.txt', 'later\n')
    const last = await capture()
    const all = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    const some = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha, ownedPaths: ['src/a.txt'] })
    const { store, repository } = await world.open()
    const snapshotSha = (await takeSnapshot(store, repository, 'both')).commitSha
    const outcomes = await Promise.allSettled([
      applyRewind({ store, repository, plan: all, snapshotSha }),
      applyRewind({ store, repository, plan: some, snapshotSha }),
    ])
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
    expect(readFiles(world.folder)).toEqual(then)
  })

  test('captures of one worktree at the same time wait for each other and agree', async () => {
    world = createWorld()
    world.write('src/a.txt', 'edited\n')
    const captures = await Promise.all([capture(), capture(), capture()])
    expect(new Set(captures.map((made) => made.treeSha)).size).toBe(1)
  })

  test('when one file cannot be written, everything is put back and the error says which', async () => {
    world = createWorld()
    const checkpoint = await capture()
    world.write('src/a.txt', 'later\n')
    world.write('src/b.txt', 'later\n')
    world.remove('readme.md')
    const last = await capture()
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    const files = readFiles(world.folder)
    // An empty folder counts as nothing to git; one that appears with a file in it during the apply blocks the rename.
    mkdirSync(join(world.folder, 'readme.md/x'), { recursive: true })
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [join(world.folder, 'readme.md/x/pipe')])
    await expect(apply(made)).rejects.toMatchObject({
      code: 'git_failed',
      message: expect.stringContaining('readme.md'),
    })
    world.remove('readme.md')
    expect(readFiles(world.folder)).toEqual(files)
  })

  test('an interrupted rewind can be ended either way, and an edit made after the kill is left alone', async () => {
    world = createWorld()
    const checkpoint = await capture()
    const then = readFiles(world.folder)
    world.write('src/a.txt', 'later\n')
    world.write('src/b.txt', 'later\n')
    world.write('new.txt', 'later\n')
    const last = await capture()
    const now = readFiles(world.folder)
    const made = await plan(checkpoint.commitSha, { lastKnownTree: last.treeSha })
    const { store, repository } = await world.open()
    const snapshotSha = (await takeSnapshot(store, repository, 'half')).commitSha
    const input = { store, repository, plan: made, snapshotSha }
    world.write('src/a.txt', 'a\n')
    world.write(`src/.makima-tmp-${made.planHash.slice(0, 12)}-1`, 'half-written')
    await resolveInterrupted({ ...input, goal: 'before' })
    expect(readFiles(world.folder)).toEqual(now)
    world.write('src/a.txt', 'a\n')
    const after = await resolveInterrupted({ ...input, goal: 'after' })
    expect(readFiles(world.folder)).toEqual(then)
    expect(after.treeSha).toBe(checkpoint.treeSha)
    world.write('src/a.txt', 'typed after the kill\n')
    const third = await resolveInterrupted({ ...input, goal: 'before' })
    expect(world.read('src/a.txt')).toBe('typed after the kill\n')
    expect(third.results.find((result) => result.path === 'src/a.txt')?.outcome).toBe('failed')
    expect(world.read('src/b.txt')).toBe('later\n')
  })
})
