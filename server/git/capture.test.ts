import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { captureWorktree, checkpointRef } from './capture'
import { listChangedFiles, readBlobAt } from './diff'
import { listTreeRecursive } from './objects'
import { openRepository, requireWorktree } from './repository'
import { openStore } from './store'
import { createWorld, readFiles, readUserState, runTestGit, type TestWorld } from './test-repository'
import type { Capture, CaptureLimits } from './types'

let world: TestWorld
afterEach(() => world.cleanup())

let number = 0
async function capture(limits: CaptureLimits = {}): Promise<Capture & { files: Record<string, string> }> {
  const { store, repository } = await world.open()
  number += 1
  const result = await captureWorktree({
    store,
    repository,
    ref: checkpointRef('task', number),
    message: 'Checkpoint',
    ...limits,
  })
  const files: Record<string, string> = {}
  for await (const entry of listTreeRecursive(store, result.commitSha)) files[entry.path] = `${entry.mode} ${entry.sha}`
  return { ...result, files }
}

async function contentAt(sha: string, path: string): Promise<string | undefined> {
  const { store } = await world.open()
  return (await readBlobAt(store, sha, path))?.data.toString('latin1')
}

describe('capturing', () => {
  test('holds edits, new files and deletions, and leaves out what is ignored', async () => {
    world = createWorld()
    world.write('.gitignore', '*.log\nbuild/\n')
    world.write('src/a.txt', 'changed\n')
    world.write('new folder/new file.txt', 'new\n')
    world.write('noise.log', 'x')
    world.write('build/out.bin', 'x')
    world.remove('src/b.txt')
    const result = await capture()
    expect(Object.keys(result.files).sort()).toEqual([
      '.gitignore',
      'new folder/new file.txt',
      'readme.md',
      'src/a.txt',
    ])
    expect(await contentAt(result.commitSha, 'src/a.txt')).toBe('changed\n')
    expect(result).toMatchObject({ filesChanged: 4, additions: 4, deletions: 2, branch: 'main' })
    expect(result.notCovered).toEqual([
      { path: 'build/', reason: 'ignored' },
      { path: 'noise.log', reason: 'ignored' },
    ])
  })

  test('touches nothing of the user: HEAD, refs, index, stash, settings and files stay byte for byte', async () => {
    world = createWorld()
    world.write('src/a.txt', 'stashed\n')
    world.git('stash')
    world.write('src/a.txt', 'staged\n')
    world.git('add', 'src/a.txt')
    world.write('src/a.txt', 'unstaged\n')
    world.write('untracked.txt', 'u\n')
    const [before, files] = [readUserState(world.folder), readFiles(world.folder)]
    await capture()
    await capture()
    expect(readUserState(world.folder)).toEqual(before)
    expect(readFiles(world.folder)).toEqual(files)
  })

  test('a turn that changed nothing gives a checkpoint with the same files and no changes', async () => {
    world = createWorld()
    world.write('x.txt', 'x\n')
    const first = await capture()
    const second = await capture()
    expect(second.treeSha).toBe(first.treeSha)
    expect(second.filesChanged).toBe(0)
    expect(second.previousSha).toBe(first.commitSha)
  })

  test('files with a new time and their old content change nothing, whether few or many', async () => {
    world = createWorld()
    for (let n = 0; n < 30; n++) world.write(`many/${n}.txt`, `${n}\n`)
    world.commit('many')
    const first = await capture()
    const touch = (path: string, time: number) => utimesSync(join(world.folder, path), time, time)
    touch('many/1.txt', 1_000)
    expect(await capture()).toMatchObject({ treeSha: first.treeSha, filesChanged: 0, additions: 0, deletions: 0 })
    for (let n = 0; n < 30; n++) touch(`many/${n}.txt`, 2_000)
    world.write('src/a.txt', 'edited\n')
    expect(await capture()).toMatchObject({ filesChanged: 1 })
  })

  test('sees an edit that keeps size and time, right after the user staged', async () => {
    world = createWorld()
    world.write('src/a.txt', '1\n')
    world.git('add', '-A')
    world.write('src/a.txt', '2\n')
    const first = await capture()
    expect(await contentAt(first.commitSha, 'src/a.txt')).toBe('2\n')
    world.write('src/a.txt', '3\n')
    const second = await capture()
    expect(await contentAt(second.commitSha, 'src/a.txt')).toBe('3\n')
  })

  test('keeps odd names: spaces, line breaks, quotes, leading dashes, case twins and bytes that are not UTF-8', async () => {
    world = createWorld()
    const odd = Buffer.from([0x66, 0xff, 0xfe, 0x2e, 0x74])
    writeFileSync(Buffer.concat([Buffer.from(`${world.folder}/`), odd]), 'odd')
    for (const name of [
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
    ])
      world.write(name, name)
    const result = await capture()
    const names = Object.keys(result.files)
    for (const name of [
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
    ]) {
      expect(names).toContain(name)
      expect(await contentAt(result.commitSha, name)).toBe(Buffer.from(name).toString('latin1'))
    }
    expect(await contentAt(result.commitSha, 'f\uf7ff\uf7fe.t')).toBe('odd')
  })

  test('keeps binary and empty files, executable bits, symlinks (also out of the worktree) and hard links', async () => {
    world = createWorld()
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, n) => (n * 7) % 256))
    world.write('image.bin', bytes)
    world.write('empty', '')
    world.write('run.sh', '#!/bin/sh\n')
    chmodSync(join(world.folder, 'run.sh'), 0o755)
    symlinkSync('/etc/passwd', join(world.folder, 'outside'))
    linkSync(join(world.folder, 'run.sh'), join(world.folder, 'twin.sh'))
    const result = await capture()
    expect(await contentAt(result.commitSha, 'image.bin')).toBe(bytes.toString('latin1'))
    expect(await contentAt(result.commitSha, 'empty')).toBe('')
    expect(result.files['run.sh']).toMatch(/^100755/)
    expect(result.files.outside).toMatch(/^120000/)
    expect(await contentAt(result.commitSha, 'outside')).toBe('/etc/passwd')
    expect(result.files['twin.sh']).toBe(result.files['run.sh'])
  })

  test('follows files that become folders, folders that become files, and folders that become symlinks', async () => {
    world = createWorld()
    world.write('thing', 'file\n')
    world.write('folder/x', 'x\n')
    world.write('linked/y', 'y\n')
    await capture()
    world.remove('thing')
    world.write('thing/inside', 'i\n')
    world.remove('folder')
    world.write('folder', 'now a file\n')
    renameSync(join(world.folder, 'linked'), join(world.folder, 'real'))
    symlinkSync('real', join(world.folder, 'linked'))
    const { files } = await capture()
    expect(Object.keys(files).sort()).toEqual([
      'folder',
      'linked',
      'readme.md',
      'real/y',
      'src/a.txt',
      'src/b.txt',
      'thing/inside',
    ])
    expect(files.linked).toMatch(/^120000/)
  })

  test('leaves out files over the size limit, pipes, and repositories inside, with and without a commit, and says so', async () => {
    world = createWorld()
    world.write('big.bin', Buffer.alloc(2_000))
    world.git('init', '-q', 'empty-inside')
    world.write('empty-inside/x', 'x')
    world.git('init', '-q', 'inside')
    world.write('inside/x', 'x')
    runTestGit(join(world.folder, 'inside'), 'add', '-A')
    runTestGit(join(world.folder, 'inside'), 'commit', '-q', '-m', 'inner')
    execFileSync('mkfifo', [join(world.folder, 'pipe')])
    const result = await capture({ maxFileBytes: 1_000 })
    expect(Object.keys(result.files).sort()).toEqual(['readme.md', 'src/a.txt', 'src/b.txt'])
    const reasons = Object.fromEntries(result.notCovered.map((entry) => [entry.path, entry.reason]))
    expect(reasons).toMatchObject({
      'big.bin': 'too_large',
      'empty-inside/': 'nested_repository',
      'inside/': 'nested_repository',
    })
  })

  test('names submodules as not covered and keeps the commit they stand at', async () => {
    world = createWorld()
    const other = join(world.root, 'other')
    mkdirSync(other)
    runTestGit(other, 'init', '-q')
    writeFileSync(join(other, 'f'), 'f')
    runTestGit(other, 'add', '-A')
    runTestGit(other, 'commit', '-q', '-m', 'x')
    world.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other, 'module')
    world.commit('with module')
    world.write('module/dirty', 'd')
    const result = await capture()
    expect(result.files.module).toMatch(/^160000/)
    expect(result.notCovered).toContainEqual({ path: 'module/', reason: 'submodule' })
    expect(result.filesChanged).toBe(0)
  })

  test('keeps what the user tracks although it is ignored, and drops what became ignored later', async () => {
    world = createWorld()
    world.write('keep.log', 'tracked\n')
    world.commit('log')
    world.write('junk.log', 'junk\n')
    expect(Object.keys((await capture()).files)).toContain('junk.log')
    world.write('.gitignore', '*.log\n')
    const second = await capture()
    expect(Object.keys(second.files)).toContain('keep.log')
    expect(Object.keys(second.files)).not.toContain('junk.log')
    world.write('forced.log', 'f\n')
    world.git('add', '-f', 'forced.log')
    expect(Object.keys((await capture()).files)).toContain('forced.log')
  })

  test('takes bytes as they are, whatever attributes, line-ending settings and filters say', async () => {
    world = createWorld()
    world.write(
      '.gitattributes',
      '* text=auto eol=lf\n*.up filter=upper\n*.id ident\n*.u16 working-tree-encoding=UTF-16\n',
    )
    world.write('dos.txt', 'a\r\nb\r\n')
    world.write('x.id', '$Id$\n')
    world.write('w.u16', Buffer.from('\ufeffhi\n', 'utf16le'))
    world.commit('attributes')
    const marker = join(world.root, 'filter-ran')
    world.git('config', 'filter.upper.clean', `touch ${marker}; tr a-z A-Z`)
    world.git('config', 'filter.upper.required', 'true')
    world.git('config', 'core.autocrlf', 'true')
    world.write('x.up', 'lower\r\n')
    const result = await capture()
    expect(await contentAt(result.commitSha, 'dos.txt')).toBe('a\r\nb\r\n')
    expect(await contentAt(result.commitSha, 'x.up')).toBe('lower\r\n')
    expect(await contentAt(result.commitSha, 'w.u16')).toBe(Buffer.from('\ufeffhi\n', 'utf16le').toString('latin1'))
    expect(world.exists('../filter-ran')).toBe(false)
  })

  test('hashes unchanged files exactly as HEAD holds them', async () => {
    world = createWorld()
    const result = await capture()
    expect(result.treeSha).toBe(world.git('rev-parse', 'HEAD^{tree}'))
    expect(result.filesChanged).toBe(0)
    expect(result.baseHead).toBe(world.git('rev-parse', 'HEAD'))
  })

  test('does not believe "assume unchanged"', async () => {
    world = createWorld()
    world.git('update-index', '--assume-unchanged', 'src/a.txt')
    world.write('src/a.txt', 'hidden edit\n')
    expect(await contentAt((await capture()).commitSha, 'src/a.txt')).toBe('hidden edit\n')
  })

  test('notes LFS pointers that stand in for their content', async () => {
    world = createWorld()
    world.write('.gitattributes', '*.psd filter=lfs diff=lfs merge=lfs -text\n')
    world.write('a.psd', 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n')
    world.commit('lfs')
    expect((await capture()).notCovered).toContainEqual({
      path: 'a.psd',
      reason: 'lfs_pointer',
      detail: 'only the LFS pointer is held',
    })
  })
})

describe('kinds of repositories', () => {
  test('a repository without a commit', async () => {
    world = createWorld({ empty: true })
    world.write('a', 'a')
    const result = await capture()
    expect(result).toMatchObject({ baseHead: null, branch: 'main', filesChanged: 1, additions: 1 })
    expect(readUserState(world.folder).refs).toBe('')
  })

  test('a SHA-256 repository', async () => {
    world = createWorld({ objectFormat: 'sha256' })
    world.write('src/a.txt', 'new\n')
    const result = await capture()
    expect(result.commitSha).toHaveLength(64)
    expect(await contentAt(result.commitSha, 'src/a.txt')).toBe('new\n')
  })

  test('a detached HEAD', async () => {
    world = createWorld()
    world.git('checkout', '-q', '--detach')
    expect(await capture()).toMatchObject({ branch: null, baseHead: world.git('rev-parse', 'HEAD') })
  })

  test('a task started in a subfolder captures the whole worktree', async () => {
    world = createWorld()
    world.write('readme.md', 'outside of the subfolder\n')
    const repository = requireWorktree(await openRepository(join(world.folder, 'src')))
    expect(repository.topLevel).toBe(world.folder)
    const store = await openStore(world.storesDir, 'repository', repository)
    const result = await captureWorktree({ store, repository, ref: checkpointRef('t', 1), message: 'x' })
    expect((await listChangedFiles(store, result.baseHead, result.commitSha)).map((file) => file.path)).toEqual([
      'readme.md',
    ])
  })

  test('a linked worktree has its own state and shares the store', async () => {
    world = createWorld()
    const linked = join(world.root, 'linked')
    world.git('worktree', 'add', '-q', '-b', 'other', linked)
    writeFileSync(join(linked, 'only-here.txt'), 'x')
    await capture()
    const repository = requireWorktree(await openRepository(linked))
    const store = await openStore(world.storesDir, 'repository', repository)
    const result = await captureWorktree({ store, repository, ref: checkpointRef('linked', 1), message: 'x' })
    expect(result.branch).toBe('other')
    expect((await listChangedFiles(store, result.baseHead, result.commitSha)).map((file) => file.path)).toEqual([
      'only-here.txt',
    ])
  })

  test('a sparse checkout: files that are left out do not count as deleted', async () => {
    world = createWorld()
    world.write('docs/d.txt', 'd\n')
    world.commit('docs')
    world.git('sparse-checkout', 'set', '--cone', 'src')
    expect(world.exists('docs/d.txt')).toBe(false)
    world.write('src/a.txt', 'edited\n')
    const result = await capture()
    expect(Object.keys(result.files)).toContain('docs/d.txt')
    expect(result.filesChanged).toBe(1)
    world.git('checkout', '-q', '-b', 'next')
    world.commit('next')
    expect((await capture()).filesChanged).toBe(0)
  })

  test('a merge in conflict is captured as it lies on disk', async () => {
    world = createWorld()
    world.git('checkout', '-q', '-b', 'side')
    world.write('src/a.txt', 'side\n')
    world.commit('side')
    world.git('checkout', '-q', 'main')
    world.write('src/a.txt', 'main\n')
    world.commit('main')
    expect(() => world.git('merge', 'side')).toThrow()
    const before = readUserState(world.folder)
    const result = await capture()
    expect(await contentAt(result.commitSha, 'src/a.txt')).toContain('<<<<<<<')
    expect(readUserState(world.folder)).toEqual(before)
  })

  test('a damaged index of the user, or of ours, does not stop the capture', async () => {
    world = createWorld()
    await capture()
    const { store } = await world.open()
    const ours = execFileSync('find', [store.path, '-name', 'index', '-path', '*makima*'], { encoding: 'utf8' }).trim()
    writeFileSync(ours, 'broken')
    world.write('src/a.txt', 'after damage\n')
    expect(await contentAt((await capture()).commitSha, 'src/a.txt')).toBe('after damage\n')
    unlinkSync(ours)
    writeFileSync(join(world.folder, '.git/index'), 'broken')
    expect(await contentAt((await capture()).commitSha, 'src/a.txt')).toBe('after damage\n')
  })

  test('a lock file that a killed process left behind is cleared', async () => {
    world = createWorld()
    await capture()
    const { store } = await world.open()
    const ours = execFileSync('find', [store.path, '-name', 'index', '-path', '*makima*'], { encoding: 'utf8' }).trim()
    writeFileSync(`${ours}.lock`, '')
    writeFileSync(join(ours, '../lock'), '999999999')
    utimesSync(join(ours, '../lock'), 1, 1)
    world.write('src/a.txt', 'after kill\n')
    expect(await contentAt((await capture()).commitSha, 'src/a.txt')).toBe('after kill\n')
  })
})

describe('hostile repositories', () => {
  test('no program named in the repository runs', async () => {
    world = createWorld()
    const marker = join(world.root, 'ran')
    const program = join(world.root, 'evil.sh')
    writeFileSync(program, `#!/bin/sh\ntouch ${marker}\nexit 1\n`, { mode: 0o755 })
    world.write('.gitattributes', '* filter=evil diff=evil merge=evil\n')
    world.commit('attributes')
    const hooks = join(world.root, 'hooks')
    mkdirSync(hooks)
    for (const hook of [
      'pre-commit',
      'post-checkout',
      'reference-transaction',
      'post-index-change',
      'fsmonitor-watchman',
    ]) {
      writeFileSync(join(hooks, hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 })
      writeFileSync(join(world.folder, '.git/hooks', hook), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 })
    }
    const settings: Record<string, string> = {
      'core.fsmonitor': program,
      'core.hooksPath': hooks,
      'core.pager': program,
      'core.editor': program,
      'core.sshCommand': program,
      'core.askPass': program,
      'core.alternateRefsCommand': program,
      'diff.external': program,
      'diff.evil.command': program,
      'diff.evil.textconv': program,
      'filter.evil.clean': program,
      'filter.evil.smudge': program,
      'filter.evil.process': program,
      'credential.helper': `!${program}`,
      'gpg.program': program,
      'log.showSignature': 'true',
      'commit.gpgSign': 'true',
      'alias.diff-files': `!${program}`,
    }
    const lines = Object.entries(settings)
    for (const [key, value] of lines)
      execFileSync('git', ['config', '-f', join(world.folder, '.git/config'), key, value])
    world.write('src/a.txt', 'x\n')
    world.write('new.txt', 'x\n')
    const result = await capture()
    const { store } = await world.open()
    await listChangedFiles(store, result.baseHead, result.commitSha)
    expect(result.filesChanged).toBe(2)
    expect(world.exists('../ran')).toBe(false)
  })
})
