// The agents' real programs, run by the worker against a model on loopback: what it is sent is what the page shows.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claudeCode } from '@/server/agents/claude-code'
import { codex } from '@/server/agents/codex'
import { gemini } from '@/server/agents/gemini'
import { opencode } from '@/server/agents/opencode'
import { codexHome, geminiHome, openCodeHome } from '@/server/agents/test-agent-homes'
import { chat } from '@/server/agents/test-model-chat'
import { generateContent } from '@/server/agents/test-model-gemini'
import { type Dialect, startTestModel, type TestModel } from '@/server/agents/test-model-host'
import { messages } from '@/server/agents/test-model-messages'
import { responses } from '@/server/agents/test-model-responses'
import { installProgram } from '@/server/agents/test-programs'
import type { AgentProgram } from '@/server/agents/types'
import { runTurn } from '@/server/agents/test-turn'
import { importTranscript } from '@/server/services/import/import-transcript'
import { getSlice } from '@/server/services/conversation'
import { requestConversationRewind } from '@/server/services/operations'
import { requestStop } from '@/server/services/runs/answer-run'
import { requestResume } from '@/server/services/runs/request-run'
import { getRun, listRuns } from '@/server/services/runs/run-log'
import { createOperationsWorld, type OperationsWorld } from '@/server/worker/test-world'
import { attendOnce } from './active-runs'
import { beginRun } from './run-agent'

type Subject = {
  program: AgentProgram
  dialect: Dialect
  file: string | null
  /** How the test's model calls the agent's shell. */
  shell: (command: string) => { name: string; input: unknown }
  command: string
  variables: (home: string, url: string) => Record<string, string>
}

const SUBJECTS: Subject[] = [
  {
    program: codex,
    dialect: responses,
    file: await installProgram('codex'),
    shell: (command) => ({ name: 'exec_command', input: { cmd: command } }),
    command: 'codex resume',
    variables: codexHome,
  },
  {
    program: claudeCode,
    dialect: messages,
    file: await installProgram('claude'),
    shell: (command) => ({ name: 'Bash', input: { command } }),
    command: 'claude --resume',
    variables: (home, url) => ({
      CLAUDE_CONFIG_DIR: home,
      ANTHROPIC_BASE_URL: url,
      ANTHROPIC_API_KEY: 'test',
      ANTHROPIC_MODEL: 'test-model',
      CLAUDE_CODE_MAX_RETRIES: '0',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    }),
  },
  {
    program: gemini,
    dialect: generateContent,
    file: await installProgram('gemini'),
    shell: (command) => ({ name: 'run_shell_command', input: { command } }),
    command: 'gemini --resume',
    variables: geminiHome,
  },
  {
    program: opencode,
    dialect: chat,
    file: await installProgram('opencode'),
    shell: (command) => ({ name: 'bash', input: { command, description: 'Do it' } }),
    command: 'opencode --session',
    variables: openCodeHome,
  },
]
const present = SUBJECTS.filter(({ file }) => file !== null)

describe.skipIf(present.length === 0).each(present)('a run of $program.title', { timeout: 300_000 }, (subject) => {
  const { program, shell } = subject
  const toolName = shell('').name
  let world: OperationsWorld
  let model: TestModel
  let taskId: string

  const run = async (input: Partial<Parameters<typeof requestResume>[1]> = {}) => {
    const { id } = await requestResume(world.ctx, { taskId, permissions: 'allow', ...input })
    const begun = await beginRun({ ctx: world.ctx, daemonId: world.daemonId }, id)
    await begun?.ended
    return getRun(world.ctx, { id })
  }
  const talk = async (of = taskId) => {
    const page = await getSlice(world.ctx, { taskId: of, from: 0, limit: 100 })
    return page.messages
      .filter(({ kind }) => kind !== 'notice' && kind !== 'unknown')
      .map((row) => [row.role, row.text ?? row.toolName])
  }

  beforeAll(async () => {
    model = await startTestModel(subject.dialect)
    world = await createOperationsWorld()
    const home = join(world.home, 'agent')
    mkdirSync(home, { recursive: true })
    Object.assign(process.env, subject.variables(home, model.url), {
      MAKIMA_CODEX: subject.file,
      MAKIMA_CLAUDE: subject.file,
      MAKIMA_GEMINI: subject.file,
      MAKIMA_OPENCODE: subject.file,
    })
    taskId = await world.addTask('Write words', { agent: program.agent, plan: 'Write words into files.' })
  })

  afterAll(async () => {
    await world.close()
    await model.close()
  })

  test('a task in which nothing was said begins with its plan', async () => {
    model.say({ text: 'I write one.', calls: [shell('echo one > one.txt')] }, { text: 'Wrote one.' })
    const done = await run()
    expect(done).toMatchObject({ state: 'done', error: null, prompt: 'Write words into files.' })
    expect(await talk()).toEqual([
      ['user', 'Write words into files.'],
      ['assistant', 'I write one.'],
      ['tool', toolName],
      ['assistant', 'Wrote one.'],
    ])
    expect((await world.getTask()).status).toBeTruthy()
    expect(readFileSync(join(world.world.folder, 'one.txt'), 'utf8')).toBe('one\n')
  })

  test('it goes on after the talk, in the same session where that can be', async () => {
    model.say({ text: 'Nothing more to do.' })
    const before = await getRunSession()
    const done = await run({ additionalContext: 'And now?' })
    // A session in a database is read anew as a whole, so that its end is not always known for the end of the talk.
    if (program.agent !== 'opencode') expect(done.sessionId === before).toBe(!program.copiesEachTurn)
    expect(await talk()).toHaveLength(6)
    expect(model.histories.at(-1)?.at(-1)).toEqual(['user', 'And now?'])
  })

  test('after a rewind it goes on in a new session without what came after', async () => {
    const page = await getSlice(world.ctx, { taskId, from: 0, limit: 100 })
    const last = page.messages.findLast((row) => row.text === 'Wrote one.')
    await world.perform(requestConversationRewind(world.ctx, { taskId, toMessageId: last?.id ?? '' }))
    expect(await talk()).toHaveLength(4)
    const former = (await getRunSession()) as string
    const path = (await program.findTranscript({
      cwd: world.world.folder,
      env: process.env,
      sessionId: former,
    })) as string
    const bytes = path.includes('.db#') ? null : readFileSync(path)
    model.say({ text: 'Another way.' })
    const done = await run({ additionalContext: 'Try another way.' })
    expect(done).toMatchObject({ state: 'done', notCarried: [] })
    expect(done.sessionId).not.toBe(former)
    expect(
      model.histories.at(-1)?.map(([role, text]) => (role === 'user' || role === 'assistant' ? text : role)),
    ).toEqual(['Write words into files.', 'I write one.', 'call', 'result', 'Wrote one.', 'Try another way.'])
    // What stands in a database is told by the proof of its agent.
    if (bytes) expect(readFileSync(path)).toEqual(bytes)
    expect(await talk()).toEqual([
      ['user', 'Write words into files.'],
      ['assistant', 'I write one.'],
      ['tool', toolName],
      ['assistant', 'Wrote one.'],
      ['user', 'Try another way.'],
      ['assistant', 'Another way.'],
    ])
  })

  test('from an earlier message it goes on in a task of its own, and the first task stays as it is', async () => {
    const before = await talk()
    const page = await getSlice(world.ctx, { taskId, from: 0, limit: 100 })
    const call = page.messages.find((row) => row.toolName === toolName)
    model.say({ text: 'From the middle.' })
    const done = await run({ atMessageId: call?.id ?? '', additionalContext: 'Go on from here.' })
    expect(done).toMatchObject({ state: 'done', error: null })
    expect(done.taskId).not.toBe(taskId)
    expect(await talk()).toEqual(before)
    expect(await talk(done.taskId)).toEqual([
      ...before.slice(0, 3),
      ['user', 'Go on from here.'],
      ['assistant', 'From the middle.'],
    ])
    expect(model.histories.at(-1)?.at(-1)).toEqual(['user', 'Go on from here.'])
  })

  test('the command for a terminal is answered without starting anything, and what is done there comes by import', async () => {
    const asked = model.histories.length
    const before = await talk()
    const done = await run({ print: true })
    expect(done.state).toBe('done')
    expect(done.command).toBe(`cd ${world.world.folder} && ${subject.command} ${done.sessionId}`)
    expect(model.histories).toHaveLength(asked)
    model.say({ text: 'In the terminal.' })
    const path = (await program.findTranscript({
      cwd: world.world.folder,
      env: process.env,
      sessionId: done.sessionId ?? '',
    })) as string
    const found = await program.find(process.env)
    await runTurn(program, {
      cwd: world.world.folder,
      env: process.env,
      program: found,
      sessionId: done.sessionId,
      newSessionId: '',
      prompt: 'By hand.',
      model: null,
      permissions: 'ask',
      maxTurns: null,
    })
    await importTranscript(world.ctx, path, new AbortController().signal)
    expect(await talk()).toEqual([...before, ['user', 'By hand.'], ['assistant', 'In the terminal.']])
  })

  test('an agent that is stopped leaves what it did, and can be resumed', async () => {
    model.say({ text: 'I wait.', calls: [shell('echo > waiting.txt; while true; do sleep 1; done')] })
    const { id } = await requestResume(world.ctx, { taskId, additionalContext: 'Wait.', permissions: 'allow' })
    const begun = await beginRun({ ctx: world.ctx, daemonId: world.daemonId }, id)
    await waitFor(async () => existsSync(join(world.world.folder, 'waiting.txt')))
    await expect(requestResume(world.ctx, { taskId })).rejects.toThrow('at work')
    await requestStop(world.ctx, { id })
    await attendOnce(world.ctx)
    await begun?.ended
    expect((await getRun(world.ctx, { id })).state).toBe('stopped')
    expect((await world.getTask(taskId)).status).toBe('interrupted')
    expect((await talk()).some(([, text]) => text === 'I wait.')).toBe(true)
    model.say({ text: 'Went on.' })
    expect((await run()).state).toBe('done')
    expect((await talk()).at(-1)).toEqual(['assistant', 'Went on.'])
  })

  const waitFor = async (isTrue: () => Promise<boolean>) => {
    for (let tries = 0; !(await isTrue()); tries++) {
      if (tries > 1_200) throw new Error('it did not happen within two minutes')
      await sleep(100)
    }
  }

  const getRunSession = async () => {
    return (await listRuns(world.ctx, { taskId }))[0]?.sessionId
  }
})
