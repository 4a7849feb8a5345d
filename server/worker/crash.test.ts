import { createHash, randomBytes, randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readFiles, readUserState } from '@/server/git/test-repository'
import {
  getOperation,
  requestConversationRewind,
  requestFork,
  requestRewind,
  requestUndo,
  waitForOperation,
} from '@/server/services/operations'
import { readHeadPath } from '@/server/services/operation-talk'
import type { OperationView } from '@/server/services/views'
import { stallAt, waitForStall, waitUntilQuiet } from './test-stall'
import { buildWorker, startWorker, type WorkerProcess } from './test-process'
import { createOperationsWorld, type OperationsWorld } from './test-world'

/** More of them in a soak: MAKIMA_TEST_KILLS=200 npx vitest run server/worker/crash.test.ts */
const KILLS = Number(process.env.MAKIMA_TEST_KILLS ?? 8)
const FILES = 250

let bundle: Awaited<ReturnType<typeof buildWorker>>
let w: OperationsWorld
let worker: WorkerProcess | null = null

beforeAll(async () => {
  bundle = await buildWorker()
})
afterAll(() => bundle.remove())

beforeEach(async () => {
  w = await createOperationsWorld()
})
afterEach(async () => {
  await worker?.kill()
  worker = null
  await w.close()
})

const start = () => {
  worker = startWorker(bundle.file, { url: w.database.url, home: w.home })
  return worker
}

/** Two checkpoints that differ in every file, work that no commit holds, something staged and something stashed. */
async function tellStory(): Promise<{ first: string; second: string; messages: string[] }> {
  const fill = (tag: string) => {
    for (let n = 0; n < FILES; n++) {
      w.world.write(`src/${n % 10}/file ${n}.bin`, Buffer.concat([Buffer.from(tag), randomBytes(20_000)]))
    }
  }
  w.world.write('.gitignore', '*.log\n')
  const messages = await w.say(['first prompt'])
  fill('one')
  w.world.write('only-then.txt', 'then\n')
  const first = await w.commitCheckpoint('first')
  messages.push(...(await w.say(['second prompt'])))
  fill('two')
  w.world.remove('only-then.txt')
  w.world.write('only-now.txt', 'now\n')
  const second = await w.commitCheckpoint('second')
  messages.push(...(await w.say(['third prompt'])))
  w.world.write('stashed.txt', 'stashed\n')
  w.world.git('stash', 'push', '-q', '-u')
  w.world.write('readme.md', 'edited by hand\n')
  w.world.write('staged.txt', 'staged\n')
  w.world.git('add', 'staged.txt')
  w.world.write('new by hand.txt', 'untracked\n')
  w.world.write('debug.log', 'ignored\n')
  return { first, second, messages }
}

type State = { files: Record<string, string>; user: Record<string, string>; talk: number }

async function readState(): Promise<State> {
  const task = await w.getTask()
  const path = await readHeadPath(w.ctx, { segmentId: task.headSegmentId, seq: task.headSeq })
  return {
    files: digest(readFiles(w.world.folder)),
    user: digest(readUserState(w.world.folder), 'index'),
    talk: path.total,
  }
}

/** Long texts by their hash: a difference of megabytes takes minutes to print. */
function digest(texts: Record<string, string>, only = ''): Record<string, string> {
  const short = (text: string) => `${text.length} ${createHash('sha256').update(text).digest('hex').slice(0, 12)}`
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      text.length > 200 && name.startsWith(only) ? short(text) : text,
    ]),
  )
}

/** `refs` and `stash` apart, which a rewind may add one line to. */
function plain({ user }: State) {
  const { refs: _refs, stash: _stash, ...rest } = user
  return rest
}

/** After the restart: ended, in exactly before or after, and what belongs to the person as it was. */
async function expectResolved(operation: OperationView, before: State, after: State | null, label: string) {
  const ended = await waitForOperation(w.ctx, { id: operation.id, timeoutMs: 60_000 })
  expect(['done', 'failed'], `${label}: ${ended.state} at ${ended.step}\n${worker?.log()}`).toContain(ended.state)
  const now = await readState()
  expect(plain(now), label).toEqual(plain(before))
  if (ended.state === 'failed') {
    expect(ended.error?.detail, label).toMatch(/as (it was )?before|was changed/i)
    expect(now, label).toEqual(before)
    return ended
  }
  if (after) {
    expect(Object.keys(now.files), label).toEqual(Object.keys(after.files))
    expect(now.files, label).toEqual(after.files)
    expect(now.talk, label).toBe(after.talk)
  }
  return ended
}

describe('a worker killed in the middle of a rewind', () => {
  test(`leaves everything before or after, at ${KILLS} random moments`, async () => {
    const { first, second, messages } = await tellStory()
    const states = { now: await readState() }
    // The two ends, learned by doing it once undisturbed.
    start()
    const rewind = await settle(requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first }))
    const rewound = await readState()
    expect(rewound.files).not.toEqual(states.now.files)
    const took = (rewind.finishedAt?.getTime() ?? 0) - rewind.createdAt.getTime()
    const undone = await settle(requestUndo(w.ctx, { operationId: rewind.id }))
    expect(undone.state).toBe('done')
    expect(await readState()).toEqual(states.now)
    const seen: Record<string, number> = {}
    for (let n = 0; n < KILLS; n++) {
      const before = await readState()
      const mode = (['discard', 'create_branch', 'stash'] as const)[n % 3] ?? 'discard'
      const asked =
        n % 4 === 3
          ? requestConversationRewind(w.ctx, { taskId: w.taskId, toMessageId: messages[0], rewindCode: true })
          : requestRewind(w.ctx, { taskId: w.taskId, checkpointId: first, preserveMode: mode })
      const operation = await asked
      await sleep(randomInt(Math.max(took, 50) + 100))
      await worker?.kill()
      const cut = await getOperation(w.ctx, { id: operation.id })
      seen[`${cut.state} ${cut.step}`] = (seen[`${cut.state} ${cut.step}`] ?? 0) + 1
      start()
      const after = { ...rewound, talk: n % 4 === 3 ? 1 : before.talk }
      const ended = await expectResolved(
        operation,
        before,
        after,
        `kill ${n}, ${mode}, cut at ${cut.state} ${cut.step}`,
      )
      if (ended.state !== 'done') continue
      // And back, which is killed half of the time as well.
      const undo = await requestUndo(w.ctx, { operationId: ended.id })
      if (n % 2 === 0) {
        await sleep(randomInt(Math.max(took, 50) + 100))
        await worker?.kill()
        start()
      }
      const back = await waitForOperation(w.ctx, { id: undo.id, timeoutMs: 60_000 })
      expect(['done', 'failed']).toContain(back.state)
      if (back.state === 'failed') await settle(requestUndo(w.ctx, { operationId: ended.id }))
      expect(await readState(), `undo after kill ${n}`).toEqual(before)
    }
    process.stderr.write(`killed at: ${JSON.stringify(seen)} of a rewind that takes ${took} ms\n`)
    expect(second).toBeDefined()
  }, 900_000)

  for (const step of ['snapshot_taken', 'files_applied', 'verified', 'recorded']) {
    for (const written of [false, true]) {
      test(`just ${written ? 'after' : 'before'} it writes down "${step}" ends before or after`, async () => {
        const { first } = await tellStory()
        const before = await readState()
        await stallAt(w.database, step)
        start()
        const operation = await requestRewind(w.ctx, {
          taskId: w.taskId,
          checkpointId: first,
          preserveMode: written ? 'stash' : 'create_branch',
        })
        const backend = await waitForStall(w.database, () => worker?.log() ?? '')
        await worker?.kill()
        // A statement whose client is gone is still carried out; ending its session makes it as if it never was.
        if (!written) await w.database.sql`select pg_terminate_backend(${backend})`
        await w.database.sql`delete from stall`
        await waitUntilQuiet(w.database, backend)
        start()
        const ended = await expectResolved(operation, before, null, step)
        expect(ended.state).toBe('done')
        expect(w.world.read('only-then.txt')).toBe('then\n')
        expect(w.world.read('readme.md')).toBe('edited by hand\n')
        expect(w.world.git('stash', 'list').split('\n')).toHaveLength(written ? 2 : 1)
        expect(w.world.git('branch', '--list', 'makima/*') !== '').toBe(!written)
        const undone = await settle(requestUndo(w.ctx, { operationId: operation.id }))
        expect(undone.error).toBeNull()
        expect(await readState()).toEqual(before)
      }, 120_000)
    }
  }
})

describe('a worker killed in the middle of a fork', () => {
  test('leaves the whole fork or nothing of it, and the undo takes all of it away', async () => {
    const { first } = await tellStory()
    const before = await readState()
    start()
    for (let n = 0; n < 4; n++) {
      const operation = await requestFork(w.ctx, {
        taskId: w.taskId,
        forkFromType: 'checkpoint',
        forkFromValue: first,
        newTaskName: `Fork ${n}`,
      })
      await sleep(randomInt(50, 1_200))
      await worker?.kill()
      start()
      const ended = await waitForOperation(w.ctx, { id: operation.id, timeoutMs: 60_000 })
      expect(ended.state, worker?.log()).toBe('done')
      expect(readFiles(String(ended.result?.folder))['only-then.txt']).toBe('-:then\n')
      expect((await w.getTask(String(ended.result?.newTaskId))).messageCount).toBe(1)
      const undo = await requestUndo(w.ctx, { operationId: operation.id })
      await sleep(randomInt(50, 1_200))
      await worker?.kill()
      start()
      const undone = await waitForOperation(w.ctx, { id: undo.id, timeoutMs: 60_000 })
      expect(undone.error).toBeNull()
      expect(await readState(), `fork ${n}`).toEqual(before)
    }
  }, 300_000)
})

async function settle(asked: Promise<OperationView>): Promise<OperationView> {
  const { id } = await asked
  return waitForOperation(w.ctx, { id, timeoutMs: 60_000 })
}
