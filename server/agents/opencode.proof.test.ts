import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { opencode } from './opencode'
import { type HistoryEntry, startTestModel, type TestModel } from './test-model-host'
import { chat } from './test-model-chat'
import { type OpenCodeExport, talkOfExports } from './test-opencode-talk'
import { installProgram } from './test-programs'
import { claudeTalk } from './test-talk'
import { runTurn } from './test-turn'
import type { AgentEvent, AgentStream, FoundProgram, LaunchInput } from './types'

const file = await installProgram('opencode')
const run = promisify(execFile)

describe.skipIf(file === null)('OpenCode', { timeout: 600_000 }, () => {
  let model: TestModel
  let folder: string
  let cwd: string
  let env: NodeJS.ProcessEnv
  let program: FoundProgram
  let sessionId: string
  let original: OpenCodeExport
  /** What the model was told at the end of each turn, with its last answer. */
  const told: HistoryEntry[][] = []

  const turn = (
    input: Partial<LaunchInput>,
    interruptWhen?: (event: AgentEvent) => boolean,
    reply?: (event: AgentEvent, stream: AgentStream) => string | undefined,
  ) => {
    const launch = { cwd, env, program, sessionId, newSessionId: '', model: null, permissions: 'allow', maxTurns: null }
    return runTurn(opencode, { ...launch, prompt: 'Go on.', ...input } as LaunchInput, interruptWhen, reply)
  }
  const exported = async (id: string): Promise<OpenCodeExport> => {
    // A pipe loses the end of a long session: the program ends before it is read.
    const path = join(folder, 'export.json')
    await run('sh', ['-c', '"$0" export "$1" > "$2"', program.path, id, path], { cwd, env: { ...env, PWD: cwd } })
    return JSON.parse(await readFile(path, 'utf8'))
  }

  beforeAll(async () => {
    model = await startTestModel(chat)
    folder = await mkdtemp(join(tmpdir(), 'makima-opencode-test-'))
    cwd = join(folder, 'work')
    const home = join(folder, 'home')
    await mkdir(join(home, '.config', 'opencode'), { recursive: true })
    await mkdir(cwd)
    const provider = {
      npm: '@ai-sdk/openai-compatible',
      name: 'Test',
      options: { baseURL: `${model.url}/v1`, apiKey: 'x' },
      models: { 'test-model': { name: 'Test model' }, other: { name: 'Another' } },
    }
    const config = {
      model: 'test/test-model',
      small_model: 'test/test-model',
      autoupdate: false,
      provider: { test: provider },
    }
    await writeFile(join(home, '.config', 'opencode', 'opencode.json'), JSON.stringify(config))
    env = { NODE_ENV: 'test', PATH: process.env.PATH, HOME: home, MAKIMA_OPENCODE: file as string }
    env.OPENCODE_DISABLE_MODELS_FETCH = '1'
    program = await opencode.find(env)
    for (const [index, word] of ['one', 'two'].entries()) {
      const command = `echo ${word} > ${word}.txt; cat ${word}.txt`
      model.say(
        { text: `I write ${word}.`, calls: [{ name: 'bash', input: { command, description: 'Write' } }] },
        { text: `Wrote ${word}.` },
      )
      const started = await turn({ sessionId: index === 0 ? null : sessionId, prompt: `Write ${word}.` })
      if (index === 0) {
        sessionId = started.sessionId
        checkEvents(started.events)
      }
      told.push([...(model.histories.at(-1) ?? []), ['assistant', `Wrote ${word}.`]])
    }
    original = await exported(sessionId)
  }, 600_000)

  afterAll(async () => {
    await model.close()
    await rm(folder, { recursive: true, force: true })
  })

  function checkEvents(events: AgentEvent[]) {
    const kinds = events.map((event) => (event.type === 'tool' ? `tool ${event.state}` : event.type))
    expect(kinds.filter((kind) => kind !== 'send')[0]).toBe('session')
    expect(kinds.indexOf('tool started')).toBeGreaterThan(0)
    expect(kinds.indexOf('tool ended')).toBeGreaterThan(kinds.indexOf('tool started'))
    const text = events.flatMap((event) => (event.type === 'delta' ? [event.text] : [])).join('')
    expect(text).toBe('I write one.Wrote one.')
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true, advice: null })
  }

  const write = (rows: number) =>
    opencode.writeSession({ cwd, env, program, talk: talkOfExports([original], (all) => all.slice(0, rows)) })

  test('its program is found and its version known', () => expect(program.version).toMatch(/^\d+\.\d+\.\d+$/))

  test('without the program it is said how to install it', async () => {
    await expect(opencode.find({ NODE_ENV: 'test', PATH: folder })).rejects.toThrow('npm install -g opencode-ai')
  })

  test('a session that is cut after a turn goes on from there, and a copy of that holds each turn once', async () => {
    const first = await write(4)
    expect(first.notCarried).toEqual([])
    model.say({ text: 'Another way.' })
    const { events } = await turn({ sessionId: first.sessionId, prompt: 'Try another way.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    const aside: HistoryEntry[] = [
      ['user', 'Try another way.'],
      ['assistant', 'Another way.'],
    ]
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ...aside.slice(0, 1)])

    const copy = await exported(first.sessionId)
    const isOwn = (message: OpenCodeExport['messages'][number]) =>
      message.info.time.created > (first.inherited.until as number)
    expect(copy.messages.map(isOwn)).toEqual([false, false, false, true, true])
    const talk = talkOfExports([original, copy], (all) => [...all.slice(0, 4), ...all.slice(-2)])
    const second = await opencode.writeSession({ cwd, env, program, talk })
    await turn({ sessionId: second.sessionId, prompt: 'And now?' })
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ...aside, ['user', 'And now?']])
  })

  test('a session that is cut in the middle of a turn ends with the last result', async () => {
    const written = await write(7)
    await turn({ sessionId: written.sessionId, prompt: 'What did it say?' })
    expect(model.histories.at(-1)).toEqual([...(told[1] ?? []).slice(0, -1), ['user', 'What did it say?']])
  })

  test('a prompt without an answer is left out and named', async () => {
    const written = await write(5)
    expect(written.notCarried.join()).toContain('Write two.')
    await turn({ sessionId: written.sessionId, prompt: 'Now?', model: 'test/other' })
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ['user', 'Now?']])
    expect((await exported(written.sessionId)).messages.at(-1)?.info.modelID).toBe('other')
  })

  test('a talk of Claude Code goes on, with its calls as calls of OpenCode', async () => {
    const written = await opencode.writeSession({ cwd, env, program, talk: claudeTalk })
    expect(written.notCarried).toHaveLength(4)
    model.say({ text: 'Because.' })
    const { events } = await turn({ sessionId: written.sessionId, prompt: 'Why do they fail?' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    const history = model.histories
      .at(-1)
      ?.map(([type, ...rest]) => [type, ...rest.slice(type === 'user' || type === 'assistant' ? 0 : 1)])
    const command = "npm test -- 'a b'"
    expect(history).toEqual([
      ['user', 'Fix the greeting.'],
      ['assistant', 'I read the file first.'],
      ['call', 'read', { filePath: 'greeting.txt' }],
      ['call', 'edit', { filePath: 'greeting.txt', oldString: 'Helo', newString: 'Hello' }],
      ['result', '1\tHelo'],
      ['result', 'Updated.'],
      ['assistant', 'It says Hello now.'],
      ['user', 'Run the tests.'],
      ['call', 'bash', { command, description: command }],
      ['call', 'WebFetch', { url: 'https://example.org', prompt: 'What is it?' }],
      ['result', 'Exit code 1'],
      ['result', 'A page.'],
      ['assistant', 'They fail.'],
      ['user', 'Why do they fail?'],
    ])
  })

  test('what reaches outside of the folder is asked, and the answer holds', async () => {
    const filePath = join(folder, 'outside.txt')
    const call = { name: 'write', input: { filePath, content: 'x' } }
    const answerWith = (kind: string) => (event: AgentEvent, stream: AgentStream) =>
      event.type === 'permission'
        ? stream.answer?.(event.requestId, event.options.find((option) => option.kind === kind)?.id ?? '')
        : undefined
    model.say({ calls: [call] }, { text: 'I could not.' })
    const rejected = await turn({ sessionId: null, prompt: 'Write.' }, undefined, answerWith('reject'))
    expect(rejected.events.filter((event) => event.type === 'permission')).toHaveLength(1)
    await expect(readFile(filePath)).rejects.toThrow('ENOENT')
    model.say({ calls: [call] }, { text: 'Written.' })
    const { events } = await turn({ sessionId: null, prompt: 'Write.' }, undefined, answerWith('allow_once'))
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(await readFile(filePath, 'utf8')).toBe('x')
  })

  test('an interrupt ends the turn and the session goes on later', async () => {
    model.say({ calls: [{ name: 'bash', input: { command: 'sleep 60', description: 'Sleep' } }] })
    const stopped = await turn({ sessionId: null, prompt: 'Sleep.' }, (event) => event.type === 'tool')
    expect(stopped.events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, error: 'The turn was interrupted.' })
    model.say({ text: 'Awake.' })
    const { events } = await turn({ sessionId: stopped.sessionId, prompt: 'Wake up.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(model.histories.at(-1)).toContainEqual(['user', 'Sleep.'])
  })

  test('a refused key ends the turn with what to do', async () => {
    model.say({ refuse: 401 })
    const { events } = await turn({ sessionId: null, prompt: 'Hello.' })
    expect(events.at(-1)).toMatchObject({
      type: 'turn_ended',
      ok: false,
      advice: expect.stringContaining('opencode auth login'),
    })
  })

  test('the original is as it was after all this, and goes on with its whole history', async () => {
    expect(await exported(sessionId)).toEqual(original)
    await turn({ prompt: 'Write three.' })
    expect(model.histories.at(-1)).toEqual([...(told[1] ?? []), ['user', 'Write three.']])
  })
})
