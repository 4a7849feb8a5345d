import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { captureWorktree, checkpointRef, readWorktreeTree } from './capture'
import { listChangedFiles, listTree, readBlobAt, readPatch } from './diff'
import { listCommits } from './log'
import { listTreeRecursive, openObjectReader } from './objects'
import { decodePath, displayPath, encodePath, isSafePath } from './paths'
import { normaliseRemote, openRepository, requireWorktree } from './repository'
import { createWorld, runTestGit, type TestWorld } from './test-repository'
import type { LogCommit } from './types'

let world: TestWorld
afterEach(() => world?.cleanup())

describe('paths', () => {
  test('any bytes survive the way to text and back, and usual names stay readable', () => {
    const names = [
      Buffer.from('plain'),
      Buffer.from('ünï'),
      Buffer.from([0xff, 0x61, 0xc3, 0x28]),
      Buffer.from('\uf7ff'),
      Buffer.from('\u{1f600}'),
    ]
    for (let n = 0; n < 500; n++)
      names.push(Buffer.from(Array.from({ length: 12 }, (_, at) => ((n * 31 + at * 97 * (n + 1)) % 255) + 1)))
    for (const name of names) expect(encodePath(decodePath(name))).toEqual(name)
    expect(new Set(names.map(decodePath)).size).toBe(new Set(names.map((name) => name.toString('latin1'))).size)
    expect(decodePath(Buffer.from('ünï'))).toBe('ünï')
    expect(displayPath(decodePath(Buffer.from([0x61, 0xff, 0x0a])))).toBe('a\\xff\\n')
  })

  test('names that could reach outside the worktree or into .git are not safe', () => {
    for (const path of ['a', 'a/b', '.gitignore', '.github/x', '...']) expect(isSafePath(path)).toBe(true)
    for (const path of [
      '',
      '/a',
      '../a',
      'a/../b',
      'a//b',
      '.',
      '.git',
      '.git/config',
      'a/.GIT/x',
      'git~1',
      '.git ',
      '.g\u200cit',
      '.git::$INDEX',
      'a\0b',
    ]) {
      expect(isSafePath(path)).toBe(false)
    }
  })
})

describe('opening a repository', () => {
  test('tells its facts, from a subfolder and from a linked worktree too', async () => {
    world = createWorld()
    world.git('remote', 'add', 'origin', 'https://user:secret@github.com/Owner/Name.git')
    const repository = await openRepository(join(world.folder, 'src'))
    expect(repository).toMatchObject({
      topLevel: world.folder,
      bare: false,
      objectFormat: 'sha1',
      remote: 'github.com/Owner/Name',
      rootCommits: [world.git('rev-parse', 'HEAD')],
      empty: false,
      head: { branch: 'main', detached: false },
    })
    const linked = join(world.root, 'linked')
    world.git('worktree', 'add', '-q', linked)
    const other = await openRepository(linked)
    expect(other).toMatchObject({ topLevel: linked, commonDir: repository.commonDir, head: { branch: 'linked' } })
    expect(other.gitDir).not.toBe(repository.gitDir)
  })

  test('refuses with a sentence: missing, a file, not a repository, bare where files are needed', async () => {
    world = createWorld({ empty: true })
    await expect(openRepository(join(world.root, 'nowhere'))).rejects.toMatchObject({ code: 'not_found' })
    world.write('file', 'x')
    await expect(openRepository(join(world.folder, 'file'))).rejects.toMatchObject({ code: 'invalid' })
    await expect(openRepository(world.root)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('git init'),
    })
    runTestGit(world.root, 'init', '-q', '--bare', 'bare.git')
    const bare = await openRepository(join(world.root, 'bare.git'))
    expect(bare).toMatchObject({ bare: true, topLevel: null, empty: true })
    expect(() => requireWorktree(bare)).toThrow(/bare/)
    expect(await openRepository(world.folder)).toMatchObject({ empty: true, head: { sha: null, branch: 'main' } })
  })

  test('refuses a repository whose settings name a foreign folder as its files', async () => {
    world = createWorld()
    world.git('config', 'core.worktree', world.root)
    await expect(openRepository(world.folder)).rejects.toMatchObject({ code: 'forbidden' })
    await expect(openRepository(join(world.folder, 'src'))).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('remotes are one spelling whatever the transport', () => {
    for (const url of [
      'https://u:p@github.com/a/b.git',
      'git@github.com:a/b.git',
      'ssh://git@GitHub.com:22/a/b',
      'https://github.com/a/b/',
    ]) {
      expect(normaliseRemote(url)).toBe('github.com/a/b')
    }
    expect(normaliseRemote('/srv/git/x.git')).toBe('/srv/git/x')
    expect(normaliseRemote(null)).toBe(null)
  })
})

describe('differences', () => {
  test('lists renames, binary files, modes and line counts, and compares with the worktree as it is', async () => {
    world = createWorld()
    world.write('long.txt', 'line\n'.repeat(50))
    world.write('image.bin', Buffer.from([0, 1, 2]))
    world.write('run.sh', 'x\n')
    const { store, repository } = await world.open()
    const first = await captureWorktree({ store, repository, ref: checkpointRef('t', 1), message: 'x' })
    world.remove('long.txt')
    world.write('moved\nhere.txt', 'line\n'.repeat(50))
    world.write('image.bin', Buffer.from([0, 1, 3]))
    chmodSync(join(world.folder, 'run.sh'), 0o755)
    world.write('src/a.txt', 'a\nb\n')
    writeFileSync(Buffer.concat([Buffer.from(`${world.folder}/`), Buffer.from([0x78, 0xff])]), 'odd\n')
    const { treeSha } = await readWorktreeTree({ store, repository })
    const files = await listChangedFiles(store, first.commitSha, treeSha)
    expect(
      files.map(({ path, oldPath, status, additions, deletions, binary }) => ({
        path,
        oldPath,
        status,
        additions,
        deletions,
        binary,
      })),
    ).toEqual([
      { path: 'image.bin', oldPath: null, status: 'modified', additions: null, deletions: null, binary: true },
      { path: 'moved\nhere.txt', oldPath: 'long.txt', status: 'renamed', additions: 0, deletions: 0, binary: false },
      { path: 'run.sh', oldPath: null, status: 'modified', additions: 0, deletions: 0, binary: false },
      { path: 'src/a.txt', oldPath: null, status: 'modified', additions: 1, deletions: 0, binary: false },
      { path: 'x\uf7ff', oldPath: null, status: 'added', additions: 1, deletions: 0, binary: false },
    ])
    expect(files[2]).toMatchObject({ from: { mode: '100644' }, to: { mode: '100755' } })
    const { patch } = await readPatch(store, first.commitSha, treeSha, { path: 'src/a.txt' })
    expect(patch.toString()).toContain('+b')
    expect(patch.toString()).not.toContain('run.sh')
    expect((await readPatch(store, first.commitSha, treeSha, { path: 'x\uf7ff' })).patch.toString()).toContain('+odd')
    const cut = await readPatch(store, first.commitSha, treeSha, { maxBytes: 10 })
    expect([cut.patch.length, cut.truncated]).toEqual([10, true])
    expect((await readBlobAt(store, treeSha, 'x\uf7ff'))?.data.toString()).toBe('odd\n')
    expect(await readBlobAt(store, treeSha, 'src')).toBe(null)
    expect((await listTree(store, treeSha, 'src')).map((entry) => entry.path)).toEqual(['src/a.txt', 'src/b.txt'])
    await expect(listChangedFiles(store, '2'.repeat(40), treeSha)).rejects.toMatchObject({ code: 'not_found' })
    expect((await listChangedFiles(store, null, first.commitSha)).every((file) => file.status === 'added')).toBe(true)
  })
})

describe('history', () => {
  test('reads commits with repeated trailers, odd authors and counts in one pass', async () => {
    world = createWorld()
    world.write('src/a.txt', 'a\nb\n')
    world.write('new\nname.txt', '1\n2\n3\n')
    world.commit(
      'Second: subject\n\nBody text.\n\nEntire-Checkpoint: 111\nEntire-Checkpoint: 222\nReviewed-by: Bé <b@example.org>',
    )
    world.git('commit', '-q', '--allow-empty', '-m', 'empty')
    world.git('checkout', '-q', '-b', 'side')
    world.write('side.txt', 's\n')
    world.commit('on the side')
    world.git('checkout', '-q', 'main')
    const { repository } = await world.open()
    const commits: LogCommit[] = []
    for await (const commit of listCommits(repository)) commits.push(commit)
    expect(commits.map((commit) => commit.subject)).toEqual(['empty', 'Second: subject', 'first'])
    expect(commits[1]).toMatchObject({
      filesChanged: 2,
      additions: 4,
      deletions: 0,
      authorName: 'Ann',
      parents: [commits[2]?.sha],
      tree: world.git('rev-parse', 'HEAD~1^{tree}'),
      trailers: [
        { key: 'Entire-Checkpoint', value: '111' },
        { key: 'Entire-Checkpoint', value: '222' },
        { key: 'Reviewed-by', value: 'Bé <b@example.org>' },
      ],
    })
    const all: string[] = []
    for await (const commit of listCommits(repository, { all: true, withoutCounts: true })) all.push(commit.subject)
    expect(all).toHaveLength(4)
    const none: unknown[] = []
    for await (const commit of listCommits(repository, { since: new Date(Date.now() + 60_000) })) none.push(commit)
    expect(none).toEqual([])
  })
})

describe('reading objects', () => {
  test('one open reader gives binary content, streams big files in pieces, and answers for missing ones', async () => {
    world = createWorld()
    const big = Buffer.alloc(3_000_000)
    for (let n = 0; n < big.length; n++) big[n] = (n * 31 + (n >> 8)) % 256
    world.write('big.bin', big)
    world.write('empty', '')
    world.commit('big')
    const { repository } = await world.open()
    const entries = []
    for await (const entry of listTreeRecursive(repository, 'HEAD')) entries.push(entry)
    expect(entries.map((entry) => [entry.path, entry.size])).toContainEqual(['big.bin', 3_000_000])
    const only = []
    for await (const entry of listTreeRecursive(repository, 'HEAD', 'src')) only.push(entry.path)
    expect(only).toEqual(['src/a.txt', 'src/b.txt'])
    const reader = openObjectReader(repository)
    const sha = entries.find((entry) => entry.path === 'big.bin')?.sha ?? ''
    const chunks: Buffer[] = []
    const [header, missing, small, empty] = await Promise.all([
      reader.stream(sha, async (chunk) => {
        await new Promise((resolve) => setImmediate(resolve))
        chunks.push(Buffer.from(chunk))
      }),
      reader.read('3'.repeat(40)),
      reader.read('HEAD:src/a.txt'),
      reader.read('HEAD:empty'),
    ])
    expect(header).toMatchObject({ size: 3_000_000, type: 'blob' })
    expect(chunks.length).toBeGreaterThan(1)
    expect(Buffer.concat(chunks).equals(big)).toBe(true)
    expect(missing).toBe(null)
    expect(small?.data.toString()).toBe('a\n')
    expect(empty?.data).toHaveLength(0)
    await expect(reader.read(sha, 1_000)).rejects.toMatchObject({ code: 'too_large' })
    expect((await reader.read('HEAD:src/b.txt'))?.data.toString()).toBe('b\n')
    reader.close()
    await expect(reader.read('HEAD')).rejects.toMatchObject({ code: 'internal' })
  })
})
