// Makes what a journey happens in: a real git repository in which an invented session worked, imported over REST.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type APIRequestContext, test as base, expect } from '@playwright/test'
import { described } from './described'
import { Transcript } from './transcript'

export type World = {
  /** Unique words of this world, by which its contract is found. */
  name: string
  folder: string
  read: (path: string) => string
  git: (...args: string[]) => string
  taskId: string
  contractId: string
}

/** What Chromium itself says of an answer by which the server refused something, as some journeys mean it to. */
const REFUSAL = /^Failed to load resource: the server responded with a status of 4(00|01|04|09|12)/

/** A page whose console and own errors fail the test, as a person would see something broken. */
export const test = base.extend<{ quiet: undefined }>({
  request: async ({ request }, use) => use(described(request)),
  quiet: [
    async ({ page }, use) => {
      const said: string[] = []
      page.on('console', (message) => {
        if (message.type() === 'error' && !REFUSAL.test(message.text())) said.push(message.text())
      })
      page.on('pageerror', (error) => said.push(error.message))
      await use(undefined)
      expect(said, 'nothing on the console').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

/** A repository with one commit, that no agent knows of yet. */
export function makeFolder(startedAt = Date.now() - 3 * 3_600_000) {
  const root = mkdtempSync(join(tmpdir(), 'makima-world-'))
  const folder = join(root, 'greeter')
  mkdirSync(folder)
  const git = (...args: string[]) => runGit(folder, args, new Date(startedAt))
  git('init', '-q', '-b', 'main')
  commit(folder, 'Begin', { 'README.md': '# Greeter\n' }, new Date(startedAt - 60_000))
  return { root, folder, git }
}

/**
 * Three commits of one session: a greeting that was made, changed, and then broken, with one file the person wrote.
 * `unanswered`: what the person said last, in the middle of which the agent went away.
 */
export async function makeWorld(request: APIRequestContext, name: string, unanswered?: string): Promise<World> {
  const startedAt = Date.now() - 3 * 3_600_000
  const { root, folder, git } = makeFolder(startedAt)
  const talk = new Transcript(folder, startedAt)
  talk.person(`${name}: make a program that greets`).agent('I write it.')
  write(folder, talk, 'greet.txt', 'hello\n')
  commitIn(folder, talk, 'Greet')
  talk.person('Greet louder').agent('I change **one** line.')
  write(folder, talk, 'greet.txt', 'HELLO\n')
  write(folder, talk, 'loud.txt', 'loud\n')
  commitIn(folder, talk, 'Greet louder')
  talk.person('Now translate it').agent('I replace the file.')
  write(folder, talk, 'greet.txt', 'salut\n')
  commitIn(folder, talk, 'Translate')
  talk.agent('Done.')
  if (unanswered !== undefined) talk.person(unanswered)
  writeFileSync(join(folder, 'mine.txt'), 'written by the person\n')
  const transcripts = join(root, 'transcripts')
  mkdirSync(transcripts)
  writeFileSync(join(transcripts, `${talk.sessionId}.jsonl`), talk.text())
  const ids = await importPath(request, transcripts)
  return { name, folder, read: (path) => readFileSync(join(folder, path), 'utf8'), git, ...ids }
}

/** Imports a path and waits until it is done. */
export async function importPath(request: APIRequestContext, path: string) {
  const answer = await request.post('/api/v1/imports', { data: { path } })
  expect(answer.ok(), await answer.text()).toBe(true)
  const { importId } = (await answer.json()) as { importId: string }
  type Report = { state: string; error: string | null; sources: { taskId: string | null }[] }
  let report: Report | undefined
  await expect
    .poll(
      async () => {
        report = (await (await request.get(`/api/v1/imports/${importId}`)).json()) as Report
        return report.state
      },
      { timeout: 45_000 },
    )
    .toBe('done')
  const taskId = report?.sources.find((source) => source.taskId)?.taskId ?? ''
  const task = (await (await request.get(`/api/v1/mesh/tasks/${taskId}`)).json()) as { contractId: string }
  return { taskId, contractId: task.contractId }
}

function write(folder: string, talk: Transcript, path: string, content: string) {
  writeFileSync(join(folder, path), content)
  talk.tool('Write', { file_path: join(folder, path), content }, `File written: ${path}`)
}

function commitIn(folder: string, talk: Transcript, message: string) {
  commit(folder, message, {}, talk.now)
  talk.tool('Bash', { command: `git commit -am "${message}"`, description: 'Commit' }, `[main] ${message}`)
}

function commit(folder: string, message: string, files: Record<string, string>, at: Date) {
  for (const [path, content] of Object.entries(files)) writeFileSync(join(folder, path), content)
  runGit(folder, ['add', '-A'], at)
  runGit(folder, ['commit', '-q', '-m', message], at)
}

function runGit(folder: string, args: string[], at: Date): string {
  const who = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada' }
  const env = {
    ...process.env,
    ...who,
    GIT_COMMITTER_EMAIL: 'ada@example.org',
    GIT_AUTHOR_DATE: at.toISOString(),
    GIT_COMMITTER_DATE: at.toISOString(),
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8' }).trim()
}
