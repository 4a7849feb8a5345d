// Real agents, known only as programs that speak ACP: what they say is kept, and they go on with it or are told it.
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { journalPath } from '@/server/agents/acp-journal'
import { geminiHome, openCodeHome } from '@/server/agents/test-agent-homes'
import { chat } from '@/server/agents/test-model-chat'
import { generateContent } from '@/server/agents/test-model-gemini'
import { startTestModel, type TestModel } from '@/server/agents/test-model-host'
import { installProgram } from '@/server/agents/test-programs'
import { getSlice } from '@/server/services/conversation'
import { requestConversationRewind } from '@/server/services/operations'
import { requestResume } from '@/server/services/runs/request-run'
import { getRun } from '@/server/services/runs/run-log'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { beginRun } from './run-agent'

const SUBJECTS = [
  {
    title: 'one that can resume a session',
    command: [await installProgram('opencode'), 'acp'],
    dialect: chat,
    home: openCodeHome,
    shell: { name: 'bash', input: { command: 'echo one > one.txt', description: 'Do it' } },
    resumes: true,
  },
  {
    title: 'one that does not know its session any more',
    command: [await installProgram('gemini'), '--acp'],
    dialect: generateContent,
    home: geminiHome,
    shell: { name: 'run_shell_command', input: { command: 'echo one > one.txt' } },
    resumes: false,
  },
]
const present = SUBJECTS.filter(({ command }) => command[0] !== null)

describe.skipIf(present.length === 0).each(present)('an agent over ACP: $title', { timeout: 300_000 }, (subject) => {
  let world: OperationsWorld
  let model: TestModel
  let taskId: string

  const run = async (input: Partial<Parameters<typeof requestResume>[1]> = {}) => {
    const { id } = await requestResume(world.ctx, { taskId, permissions: 'allow', ...input })
    const begun = await beginRun({ ctx: world.ctx, daemonId: world.daemonId }, id)
    await begun?.ended
    return getRun(world.ctx, { id })
  }
  const rows = async (of = taskId) => (await getSlice(world.ctx, { taskId: of, from: 0, limit: 100 })).messages
  const talk = async (of = taskId) =>
    (await rows(of))
      .filter(({ kind }) => kind !== 'notice')
      .map((row) => [row.kind, row.kind === 'summary' ? 'brief' : (row.text ?? row.toolResult?.trim())])

  beforeAll(async () => {
    model = await startTestModel(subject.dialect)
    world = await createOperationsWorld()
    const home = join(world.home, 'agent')
    mkdirSync(home, { recursive: true })
    Object.assign(process.env, subject.home(home, model.url), { MAKIMA_ACP: JSON.stringify(subject.command) })
    taskId = await world.addTask('Write words', { agent: 'acp', plan: 'Write words into files.' })
  })

  afterAll(async () => {
    await world.close()
    await model.close()
  })

  test('what it says and does is in the conversation', async () => {
    model.say({ text: 'I write one.', calls: [subject.shell] }, { text: 'Wrote one.' })
    expect(await run()).toMatchObject({ state: 'done', error: null, command: null })
    const said = await rows()
    expect(said.filter(({ kind }) => kind !== 'notice').map(({ kind }) => kind)).toEqual([
      'prompt',
      'text',
      'tool',
      'text',
    ])
    expect(said.at(-1)?.text).toBe('Wrote one.')
    expect(said.find(({ kind }) => kind === 'tool')).toMatchObject({ isError: false })
    expect(said.find(({ kind }) => kind === 'tool')?.toolInput).toContain('echo one')
    expect(readFileSync(join(world.world.folder, 'one.txt'), 'utf8')).toBe('one\n')
  })

  test('it goes on in its session, or is told in a brief what was said', async () => {
    model.say({ text: 'Nothing more.' })
    if (!subject.resumes) rmSync(join(world.home, 'agent', '.gemini', 'tmp'), { recursive: true })
    let done = await run({ additionalContext: 'And now?' })
    if (!subject.resumes) {
      expect(done).toMatchObject({ state: 'failed' })
      expect(done.error?.detail).toContain('Send the prompt again: the agent is then told what was said before.')
      done = await run({ additionalContext: 'And now?' })
    }
    expect(done).toMatchObject({ state: 'done', error: null })
    expect((await talk()).slice(-2)).toEqual([
      ['prompt', 'And now?'],
      ['text', 'Nothing more.'],
    ])
    const told = JSON.stringify(model.histories.at(-1))
    expect(told).toContain('I write one.')
    expect((await talk()).filter(([kind]) => kind === 'summary')).toHaveLength(subject.resumes ? 0 : 1)
  })

  test('after a rewind it is told only what is in force, and its former record stays as it is', async () => {
    const page = await rows()
    const last = page.findLast((row) => row.text === 'Wrote one.')
    await world.perform(requestConversationRewind(world.ctx, { taskId, toMessageId: last?.id ?? '' }))
    const before = await talk()
    const former = (await getFormerJournal()) as { path: string; bytes: Buffer }
    model.say({ text: 'Another way.' })
    expect(await run({ additionalContext: 'Try another way.' })).toMatchObject({ state: 'done' })
    const told = JSON.stringify(model.histories.at(-1))
    expect(told).toContain('Wrote one.')
    expect(told).not.toContain('Nothing more.')
    expect(await talk()).toEqual([
      ...before,
      ['summary', 'brief'],
      ['prompt', 'Try another way.'],
      ['text', 'Another way.'],
    ])
    expect(readFileSync(former.path)).toEqual(former.bytes)
  })

  test('from an earlier message it goes on in a task of its own', async () => {
    const before = await talk()
    const prompt = (await rows()).find((row) => row.text === 'I write one.')
    model.say({ text: 'From the middle.' })
    const done = await run({ atMessageId: prompt?.id ?? '', additionalContext: 'Go on from here.' })
    expect(done).toMatchObject({ state: 'done', error: null })
    expect(await talk()).toEqual(before)
    expect((await talk(done.taskId)).slice(-3)).toEqual([
      ['summary', 'brief'],
      ['prompt', 'Go on from here.'],
      ['text', 'From the middle.'],
    ])
    expect((await talk(done.taskId))[0]).toEqual(['prompt', 'Write words into files.'])
  })

  test('from the end of the talk its session is forked, where it knows it and can', async () => {
    const before = await talk()
    const last = (await rows()).at(-1)
    model.say({ text: 'From the end.' })
    const done = await run({ atMessageId: last?.id ?? '', additionalContext: 'And further.' })
    expect(done).toMatchObject({ state: 'done', error: null })
    expect(await talk()).toEqual(before)
    expect(await talk(done.taskId)).toEqual([
      ...before,
      ...(subject.resumes ? [] : [['summary', 'brief']]),
      ['prompt', 'And further.'],
      ['text', 'From the end.'],
    ])
    const told = JSON.stringify(model.histories.at(-1))
    expect(told).toContain('Try another way.')
    expect(told).not.toContain('Nothing more.')
  })

  test('it has no command for a terminal, and says so', async () => {
    const done = await run({ print: true })
    expect(done).toMatchObject({ state: 'failed' })
    expect(done.error?.detail).toContain('no command for a terminal')
  })

  test('without its command a run says how to set it up', async () => {
    const command = process.env.MAKIMA_ACP
    delete process.env.MAKIMA_ACP
    expect((await run()).error?.detail).toContain('Set MAKIMA_ACP to the command')
    process.env.MAKIMA_ACP = 'no-such-agent acp'
    expect((await run()).error?.detail).toContain('“no-such-agent”, which is not installed')
    process.env.MAKIMA_ACP = command
  })

  async function getFormerJournal() {
    const [first] = await world.ctx.db.query.runs.findMany({
      where: (run, { eq, and, isNotNull }) => and(eq(run.taskId, taskId), isNotNull(run.nativeSessionId)),
      orderBy: (run, { desc }) => desc(run.createdAt),
      limit: 1,
    })
    const path = journalPath(
      { NODE_ENV: 'test', MAKIMA_ACP_HOME: join(world.home, 'acp') },
      first?.nativeSessionId ?? '',
    )
    return { path, bytes: readFileSync(path) }
  }
})
