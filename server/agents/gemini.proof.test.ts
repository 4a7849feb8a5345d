import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gemini } from './gemini'
import { type GeminiRecords, parseJournal, talkOfJournals } from './test-gemini-talk'
import { generateContent } from './test-model-gemini'
import { type HistoryEntry, startTestModel, type TestModel } from './test-model-host'
import { installProgram } from './test-programs'
import { claudeTalk } from './test-talk'
import { runTurn } from './test-turn'
import type { AgentEvent, AgentStream, FoundProgram, LaunchInput } from './types'

const file = await installProgram('gemini')

describe.skipIf(file === null)('Gemini CLI', { timeout: 300_000 }, () => {
  let model: TestModel
  let folder: string
  let cwd: string
  let env: NodeJS.ProcessEnv
  let program: FoundProgram
  let sessionId: string
  let original: Buffer
  /** What the model was told at the end of each turn, with its last answer. */
  const told: HistoryEntry[][] = []

  const turn = (
    input: Partial<LaunchInput>,
    interruptWhen?: (event: AgentEvent) => boolean,
    reply?: (event: AgentEvent, stream: AgentStream) => string | undefined,
  ) => {
    const launch = { cwd, env, program, sessionId, newSessionId: '', model: null, permissions: 'allow', maxTurns: null }
    return runTurn(gemini, { ...launch, prompt: 'Go on.', ...input } as LaunchInput, interruptWhen, reply)
  }
  const journalPath = async (id: string) => (await gemini.findTranscript({ cwd, env, sessionId: id })) as string
  const journal = async (id: string): Promise<GeminiRecords> =>
    parseJournal(await readFile(await journalPath(id), 'utf8'))
  const write = async (rows: number) =>
    gemini.writeSession({
      cwd,
      env,
      program,
      talk: talkOfJournals([await journal(sessionId)], (all) => all.slice(0, rows)),
    })
  /** What the model was told last. */
  const last = () => model.histories.at(-1)

  beforeAll(async () => {
    model = await startTestModel(generateContent)
    folder = await mkdtemp(join(tmpdir(), 'makima-gemini-test-'))
    cwd = join(folder, 'work')
    const home = join(folder, 'home')
    await mkdir(join(home, '.gemini'), { recursive: true })
    await mkdir(cwd)
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      model: { name: 'gemini-2.5-flash' },
      general: { enableAutoUpdate: false },
      privacy: { usageStatisticsEnabled: false },
    }
    await writeFile(join(home, '.gemini', 'settings.json'), JSON.stringify(settings))
    env = { NODE_ENV: 'test', PATH: process.env.PATH, HOME: home, MAKIMA_GEMINI: file as string }
    Object.assign(env, { GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: model.url })
    program = await gemini.find(env)
    const writeWord = (word: string) =>
      model.say(
        {
          text: `I write ${word}.`,
          calls: [{ name: 'run_shell_command', input: { command: `echo ${word} > ${word}.txt; cat ${word}.txt` } }],
        },
        { text: `Wrote ${word}.` },
      )
    writeWord('one')
    const first = await turn({ sessionId: null, prompt: 'Write one.' })
    sessionId = first.sessionId
    checkEvents(first.events)
    told.push([...(last() ?? []), ['assistant', 'Wrote one.']])
    // As Makima does it: each turn in a copy.
    const copy = await write(Number.POSITIVE_INFINITY)
    expect(copy.notCarried).toEqual([])
    sessionId = copy.sessionId
    writeWord('two')
    await turn({ prompt: 'Write two.' })
    told.push([...(last() ?? []), ['assistant', 'Wrote two.']])
    original = await readFile(await journalPath(sessionId))
  }, 300_000)

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

  test('its program is found and its version known', () => expect(program.version).toMatch(/^\d+\.\d+\.\d+$/))

  test('without the program it is said how to install it', async () => {
    await expect(gemini.find({ NODE_ENV: 'test', PATH: folder })).rejects.toThrow('npm install -g @google/gemini-cli')
  })

  test('a second turn knows the first one, each result once', () => {
    expect(told[1]?.slice(0, told[0]?.length)).toEqual(told[0])
    expect(told[1]?.filter(([type]) => type === 'result')).toHaveLength(2)
  })

  test('a session that is cut after a turn goes on from there, and a copy of that holds each turn once', async () => {
    const first = await write(4)
    expect(first.inherited.bytes).toBe((await readFile(first.files[0] as string)).length)
    model.say({ text: 'Another way.' })
    const { events } = await turn({ sessionId: first.sessionId, prompt: 'Try another way.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(events.flatMap((event) => (event.type === 'delta' ? [event.text] : [])).join('')).toBe('Another way.')
    const aside: HistoryEntry[] = [
      ['user', 'Try another way.'],
      ['assistant', 'Another way.'],
    ]
    expect(last()).toEqual([...(told[0] ?? []), ...aside.slice(0, 1)])

    expect(await journalPath(first.sessionId)).toBe(first.files[0])
    const journals = [await journal(sessionId), await journal(first.sessionId)]
    const talk = talkOfJournals(journals, (all) => [...all.slice(0, 4), ...all.slice(-2)])
    const second = await gemini.writeSession({ cwd, env, program, talk })
    await turn({ sessionId: second.sessionId, prompt: 'And now?' })
    expect(last()).toEqual([...(told[0] ?? []), ...aside, ['user', 'And now?']])
    expect(await journalPath(second.sessionId)).toBe(second.files[0])
  })

  test('a session that is cut in the middle of a turn ends with the last result', async () => {
    const written = await write(7)
    await turn({ sessionId: written.sessionId, prompt: 'What did it say?' })
    const history = last() ?? []
    const kept = told[1]?.slice(0, -1) ?? []
    expect(history.slice(0, kept.length)).toEqual(kept)
    expect(history.slice(kept.length).at(-1)).toEqual(['user', 'What did it say?'])
  })

  test('a prompt without an answer is left out and named', async () => {
    const written = await write(5)
    expect(written.notCarried.join()).toContain('Write two.')
    await turn({ sessionId: written.sessionId, prompt: 'Now?', model: 'gemini-2.5-pro' })
    expect(last()).toEqual([...(told[0] ?? []), ['user', 'Now?']])
    expect((await journal(written.sessionId)).findLast(({ type }) => type === 'gemini')?.model).toBe('gemini-2.5-pro')
  })

  test('a talk of Claude Code goes on, with its calls as calls of Gemini CLI, in a folder it has not seen', async () => {
    const other = join(folder, 'other work')
    await mkdir(other)
    const written = await gemini.writeSession({ cwd: other, env, program, talk: claudeTalk })
    expect(written.notCarried).toHaveLength(4)
    model.say({ text: 'Because.' })
    const { events } = await turn({ cwd: other, sessionId: written.sessionId, prompt: 'Why do they fail?' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    const history = last()?.map(([type, ...rest]) => [
      type,
      ...rest.slice(type === 'user' || type === 'assistant' ? 0 : 1),
    ])
    expect(history).toEqual([
      ['user', 'Fix the greeting.'],
      ['assistant', 'I read the file first.'],
      ['call', 'read_file', { file_path: 'greeting.txt' }],
      ['call', 'replace', { file_path: 'greeting.txt', old_string: 'Helo', new_string: 'Hello' }],
      ['result', '1\tHelo'],
      ['result', 'Updated.'],
      ['assistant', 'It says Hello now.'],
      ['user', 'Run the tests.'],
      ['call', 'run_shell_command', { command: "npm test -- 'a b'" }],
      ['call', 'WebFetch', { url: 'https://example.org', prompt: 'What is it?' }],
      ['result', 'Exit code 1'],
      ['result', 'A page.'],
      ['assistant', 'They fail.'],
      ['user', 'Why do they fail?'],
    ])
  })

  test('what needs permission is asked, and the answer holds', async () => {
    const call = { name: 'run_shell_command', input: { command: 'echo x > asked.txt' } }
    const answerWith = (kind: string) => (event: AgentEvent, stream: AgentStream) =>
      event.type === 'permission'
        ? stream.answer?.(event.requestId, event.options.find((option) => option.kind === kind)?.id ?? '')
        : undefined
    const ask = (kind: string) =>
      turn({ sessionId: null, prompt: 'Write.', permissions: 'ask' }, undefined, answerWith(kind))
    model.say({ calls: [call] }, { text: 'I could not.' })
    const rejected = await ask('reject')
    expect(rejected.events.filter((event) => event.type === 'permission')).toHaveLength(1)
    await expect(readFile(join(cwd, 'asked.txt'))).rejects.toThrow('ENOENT')
    model.say({ calls: [call] }, { text: 'Written.' })
    expect((await ask('allow_once')).events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(await readFile(join(cwd, 'asked.txt'), 'utf8')).toBe('x\n')
  })

  test('an interrupt ends the turn, and the session goes on later in a copy', async () => {
    model.say({ calls: [{ name: 'run_shell_command', input: { command: 'sleep 60' } }] })
    const stopped = await turn(
      { sessionId: null, prompt: 'Sleep.', permissions: 'ask' },
      (event) => event.type === 'permission',
    )
    expect(stopped.events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, error: 'The turn was interrupted.' })
    expect(await journalPath(stopped.sessionId)).toContain('.jsonl')
  })

  test('a refused key ends the turn with what to do', async () => {
    model.say({ refuse: 401 })
    const { events } = await turn({ sessionId: null, prompt: 'Hello.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, advice: expect.stringContaining('log in') })
  })

  test('a person who has not logged in is told so', async () => {
    const home = join(folder, 'empty home')
    await mkdir(home)
    const unknown = { ...env, HOME: home, GEMINI_API_KEY: undefined, GOOGLE_GEMINI_BASE_URL: undefined }
    const { events } = await turn({ sessionId: null, prompt: 'Hello.', env: unknown })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, advice: expect.stringContaining('log in') })
  })

  test('the original is as it was after all this, and goes on with its whole history', async () => {
    expect(await readFile(await journalPath(sessionId))).toEqual(original)
    const copy = await write(Number.POSITIVE_INFINITY)
    await turn({ sessionId: copy.sessionId, prompt: 'Write three.' })
    expect(last()).toEqual([...(told[1] ?? []), ['user', 'Write three.']])
  })
})
