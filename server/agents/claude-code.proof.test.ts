import { spawn } from 'node:child_process'
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claudeCode } from './claude-code'
import { talkOfFiles } from './test-claude-code-talk'
import { type HistoryEntry, startTestModel, type TestModel } from './test-model-host'
import { messages } from './test-model-messages'
import { installProgram } from './test-programs'
import { runTurn } from './test-turn'
import { codexTalk } from './test-talk'
import type { AgentEvent, AgentProgram, AgentStream, FoundProgram, LaunchInput, TalkRow } from './types'

const file = process.env.MAKIMA_CLAUDE ?? (await installProgram('claude'))

describe.skipIf(file === null)('Claude Code', { timeout: 300_000 }, () => {
  let model: TestModel
  let folder: string
  let cwd: string
  let env: NodeJS.ProcessEnv
  let program: FoundProgram
  const sessionId = crypto.randomUUID()
  /** What the model was told at the end of each turn, with its last answer. */
  const told: HistoryEntry[][] = []

  const turn = (input: Partial<LaunchInput>, reply?: (event: AgentEvent, stream: AgentStream) => string | undefined) =>
    runTurn(claudeCode, launchOf(input), undefined, reply)

  const launchOf = (input: Partial<LaunchInput>): LaunchInput => ({
    cwd,
    env,
    program,
    sessionId,
    newSessionId: crypto.randomUUID(),
    prompt: 'Go on.',
    model: 'test-model',
    permissions: 'allow',
    maxTurns: null,
    ...input,
  })

  const pathOf = async (id: string) => (await claudeCode.findTranscript({ cwd, env, sessionId: id })) as string
  const readTalk = async (id: string, isInForce?: (rows: TalkRow[]) => TalkRow[]) =>
    talkOfFiles([{ path: await pathOf(id) }], isInForce)
  const rowsOf = async (id: string) => {
    let rows: TalkRow[] = []
    await readTalk(id, (all) => {
      rows = all
      return all
    })
    return rows
  }

  /** `keep`: how many turns are kept, or which rows. */
  const copyOf = async (id: string, keep: number | ((rows: TalkRow[]) => TalkRow[]) = (rows) => rows) => {
    const cut = (rows: TalkRow[]) =>
      typeof keep === 'function' ? keep(rows) : rows.slice(0, rows.findIndex(says(WORDS[keep - 1])) + 1)
    return claudeCode.writeSession({ cwd, env, program, talk: await readTalk(id, cut) })
  }

  const killDuring = async (id: string, prompt: string) => {
    const launch = claudeCode.launch(launchOf({ sessionId: id, prompt }))
    const child = spawn(launch.file, launch.args, { cwd, env: launch.env, detached: true })
    child.stdin.write(launch.stdin)
    const stream = claudeCode.createStream(launchOf({ sessionId: id, prompt }))
    let open = 0
    let ended = 0
    for await (const line of createInterface({ input: child.stdout })) {
      const tools = stream.read(line).filter((event) => event.type === 'tool')
      open += tools.filter((event) => event.state === 'started').length
      ended += tools.filter((event) => event.state === 'ended').length
      if (open < 2 || ended < 1) continue
      // What is said on the pipe is in the file a moment later.
      await wait(1000)
      process.kill(-(child.pid as number), 'SIGKILL')
      break
    }
  }

  beforeAll(async () => {
    model = await startTestModel(messages)
    folder = await mkdtemp(join(tmpdir(), 'makima-claude-'))
    cwd = join(folder, 'work')
    const home = join(folder, 'home')
    await mkdir(home)
    await mkdir(cwd)
    env = {
      NODE_ENV: 'test',
      PATH: process.env.PATH,
      HOME: home,
      ANTHROPIC_BASE_URL: model.url,
      ANTHROPIC_API_KEY: 'test',
      CLAUDE_CODE_MAX_RETRIES: '0',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      MAKIMA_CLAUDE: file as string,
    }
    program = await claudeCode.find(env)
    for (const [index, word] of ['one', 'two', 'three'].entries()) {
      model.say(
        {
          thinking: `How do I write ${word}?`,
          text: `I write ${word}.`,
          calls: [bash(`echo ${word} > ${word}.txt; cat ${word}.txt`), bash(`sleep 0.2; echo ${word} again`)],
        },
        { text: `Wrote ${word}.` },
      )
      const input = index === 0 ? { sessionId: null, newSessionId: sessionId } : {}
      const { events } = await turn({ ...input, prompt: `Write ${word}.` })
      told.push([...(model.histories.at(-1) ?? []), ['assistant', `Wrote ${word}.`]])
      if (index === 0) checkEvents(events)
    }
  }, 300_000)

  afterAll(async () => {
    await model.close()
    await rm(folder, { recursive: true, force: true })
  })

  function checkEvents(events: AgentEvent[]) {
    const kinds = events.map((event) => (event.type === 'tool' ? `tool ${event.state}` : event.type))
    expect(events[0]).toMatchObject({ type: 'session', sessionId })
    const deltas = (kind: string) =>
      events.flatMap((event) => (event.type === 'delta' && event.kind === kind ? [event.text] : [])).join('')
    expect(deltas('thinking')).toBe('How do I write one?')
    expect(deltas('text')).toBe('I write one.Wrote one.')
    expect(kinds.filter((kind) => kind === 'tool started')).toHaveLength(2)
    expect(kinds.filter((kind) => kind === 'tool ended')).toHaveLength(2)
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true, error: null, costUsd: expect.any(Number) })
  }

  test('its program is found and its version known', () => expect(program.version).toMatch(/^\d+\.\d+\.\d+$/))

  test('the model is told three turns with two calls each', () => {
    expect(told.map((history) => history.length)).toEqual([8, 16, 24])
  })

  test.each([1, 2, 3])(
    'a session that is cut after turn %i goes on from there, and the original is untouched',
    async (turns) => {
      const original = await pathOf(sessionId)
      const before = await readFile(original)
      const written = await copyOf(sessionId, turns)
      expect(written.notCarried).toEqual([])
      expect(written.inherited.bytes).toBe((await readFile(written.files[0] as string)).length)
      model.say({ text: 'Another way.' })
      const { events } = await turn({ sessionId: written.sessionId, prompt: 'Try another way.' })
      expect(events[0]).toMatchObject({ type: 'session', sessionId: written.sessionId })
      expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
      expect(model.histories.at(-1)).toEqual([...(told[turns - 1] ?? []), ['user', 'Try another way.']])
      expect(await readFile(original)).toEqual(before)
      expect(await pathOf(written.sessionId)).toBe(written.files[0])
      expect((await readFile(written.files[0] as string)).length).toBeGreaterThan(written.inherited.bytes ?? 0)
    },
  )

  test('what was rewound in Claude Code itself is not sent any more', async () => {
    const { sessionId: left } = await copyOf(sessionId, 2)
    const kept = (await rowsOf(left)).find(says('one'))?.nativeId as string
    const rewound: AgentProgram = {
      ...claudeCode,
      launch: (input) => {
        const launch = claudeCode.launch(input)
        return { ...launch, args: [...launch.args, '--resume-session-at', kept] }
      },
    }
    model.say({ text: 'A better two.' })
    await runTurn(rewound, launchOf({ sessionId: left, prompt: 'Write a better two.' }))
    const path = await pathOf(left)
    expect(await readFile(path, 'utf8')).toContain('Wrote two.')
    const before = await readFile(path)
    const { sessionId: copy } = await copyOf(left)
    await turn({ sessionId: copy })
    const better: HistoryEntry[] = [
      ['user', 'Write a better two.'],
      ['assistant', 'A better two.'],
    ]
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ...better, ['user', 'Go on.']])
    expect(await readFile(path)).toEqual(before)
  })

  test('a session that is cut in the middle of a turn ends with the last result', async () => {
    const { sessionId: copy } = await copyOf(sessionId, (rows) => rows.slice(0, rows.findIndex(says('two'))))
    await turn({ sessionId: copy, prompt: 'What did it say?' })
    expect(model.histories.at(-1)).toEqual([...(told[1] ?? []).slice(0, -1), ['user', 'What did it say?']])
  })

  test('of two calls at once the first can be kept without the second', async () => {
    const { sessionId: copy } = await copyOf(sessionId, (rows) =>
      rows.slice(0, rows.findIndex((one) => one.kind === 'tool') + 1),
    )
    await turn({ sessionId: copy, prompt: 'And then?' })
    const [prompt, thought, text, call, , result] = told[0] as HistoryEntry[]
    expect(model.histories.at(-1)).toEqual([prompt, thought, text, call, result, ['user', 'And then?']])
  })

  test('a prompt without an answer is left out and named', async () => {
    const written = await copyOf(sessionId, (rows) =>
      rows.slice(0, rows.findIndex((one) => one.text === 'Write two.') + 1),
    )
    expect(written.notCarried.join()).toContain('Write two.')
    await turn({ sessionId: written.sessionId, prompt: 'Now?' })
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ['user', 'Now?']])
  })

  test('a session of which nothing is kept can be gone on with', async () => {
    const written = await copyOf(sessionId, (rows) => rows.slice(0, 1))
    await turn({ sessionId: written.sessionId, prompt: 'Once more.' })
    expect(model.histories.at(-1)).toEqual([['user', 'Once more.']])
  })

  test('a program that died during a call loses that call alone, also when the work went on since', async () => {
    const { sessionId: dead } = await copyOf(sessionId, 1)
    model.say({ text: 'First.', calls: [bash('echo first'), bash('timeout 20 tail -f /dev/null')] })
    await killDuring(dead, 'Do two things.')
    const written = await copyOf(dead)
    expect(written.notCarried).toEqual(['1 tool call that never got a result.'])
    model.say({ text: 'It hung.' })
    await turn({ sessionId: written.sessionId, prompt: 'What happened?' })
    const history = model.histories.at(-1) as HistoryEntry[]
    const expected = [
      ...(told[0] ?? []),
      ['user', 'Do two things.'],
      ['assistant', 'First.'],
      ['call', expect.any(String), 'Bash', expect.objectContaining({ command: 'echo first' })],
      ['result', expect.any(String), 'first'],
      ['user', 'What happened?'],
    ]
    expect(history).toEqual(expected)
    model.say({ text: 'Yes.' })
    await turn({ sessionId: dead, prompt: 'Are you there?' })
    const { sessionId: later } = await copyOf(dead)
    await turn({ sessionId: later, prompt: 'Good.' })
    const since = model.histories.at(-1) as HistoryEntry[]
    expect(since.slice(0, told[0]?.length)).toEqual(told[0])
    expect(since).toContainEqual(['user', 'Are you there?'])
    expect(idsOf(since, 'call')).toEqual(idsOf(since, 'result'))
  })

  test('a copy of a copy that went on holds each turn once', async () => {
    const first = await copyOf(sessionId, 1)
    model.say({ text: 'Aside.' })
    await turn({ sessionId: first.sessionId, prompt: 'Step aside.' })
    const files = [{ path: await pathOf(sessionId) }, { path: first.files[0] as string }]
    const talk = await talkOfFiles(files)
    const second = await claudeCode.writeSession({ cwd, env, program, talk })
    await turn({ sessionId: second.sessionId, prompt: 'And now?' })
    const aside: HistoryEntry[] = [
      ['user', 'Step aside.'],
      ['assistant', 'Aside.'],
    ]
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ...aside, ['user', 'And now?']])
  })

  test('after a compaction the summary is sent, and a cut before it brings back what it summed up', async () => {
    const { sessionId: compacted } = await copyOf(sessionId, 2)
    model.say({ text: '<summary>One and two were written.</summary>' })
    await turn({ sessionId: compacted, prompt: '/compact' })
    model.say({ text: 'Still here.' })
    await turn({ sessionId: compacted, prompt: 'Are you there?' })
    const after = model.histories.at(-1) as HistoryEntry[]
    expect(after.at(0)?.[1]).toContain('One and two were written.')
    const rows = await rowsOf(compacted)
    const summary = rows.findIndex((one) => one.kind === 'summary')
    const boundary = rows.findIndex((one) => one.subtype === 'compact_boundary')
    expect(boundary).toBeGreaterThan(0)
    const { sessionId: whole } = await copyOf(compacted)
    await turn({ sessionId: whole })
    expect(model.histories.at(-1)).toEqual([...after, ['assistant', 'Still here.'], ['user', 'Go on.']])
    const { sessionId: fresh } = await copyOf(compacted, (all) => all.slice(0, summary + 1))
    await turn({ sessionId: fresh })
    expect(model.histories.at(-1)?.at(0)?.[1]).toContain('One and two were written.')
    for (const end of [boundary, boundary + 1]) {
      const { sessionId: earlier } = await copyOf(compacted, (all) => all.slice(0, end))
      await turn({ sessionId: earlier })
      expect(model.histories.at(-1)).toEqual([...(told[1] ?? []), ['user', 'Go on.']])
    }
  })

  test('a talk of Codex goes on, with its calls as calls of Claude Code', async () => {
    const written = await claudeCode.writeSession({ cwd, env, program, talk: codexTalk })
    expect(written.notCarried).toHaveLength(2)
    model.say({ text: 'Because.' })
    const { events } = await turn({ sessionId: written.sessionId, prompt: 'Why?' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(
      model.histories.at(-1)?.map(([type, ...rest]) => [type, ...rest.slice(/user|assistant/.test(type) ? 0 : 1)]),
    ).toEqual([
      ['user', 'Fix the greeting.'],
      ['call', 'Bash', { command: 'cat greeting.txt' }],
      ['result', 'Helo'],
      ['call', 'Bash', { command: expect.stringContaining('*** Update File: greeting.txt') }],
      ['result', 'Done.'],
      ['call', 'TodoWrite', { todos: [{ content: 'Fix', status: 'completed', activeForm: 'Fix' }] }],
      ['result', 'Plan updated.'],
      ['assistant', 'It says Hello now.'],
      ['user', 'Why?'],
    ])
  })

  test('what needs permission is asked; what is allowed is done, what is rejected is not', async () => {
    const asked: AgentEvent[] = []
    const answering =
      (...options: string[]) =>
      (event: AgentEvent, stream: AgentStream) => {
        if (event.type !== 'permission') return undefined
        asked.push(event)
        return stream.answer?.(event.requestId, options.shift() ?? 'reject')
      }
    const { sessionId: copy } = await copyOf(sessionId, 1)
    const edits = ['a', 'b', 'c'].map((name) => ({ calls: [write(join(cwd, `${name}.txt`), name)] }))
    model.say(...edits, { text: 'Tried.' })
    await turn({ sessionId: copy, permissions: 'ask' }, answering('allow', 'reject', 'allow'))
    expect(asked).toHaveLength(3)
    expect(asked[0]).toMatchObject({ toolName: 'Write', input: { content: 'a' }, options: expect.any(Array) })
    expect(await readFile(join(cwd, 'a.txt'), 'utf8')).toBe('a')
    await expect(readFile(join(cwd, 'b.txt'))).rejects.toThrow('ENOENT')
    expect(await readFile(join(cwd, 'c.txt'), 'utf8')).toBe('c')
    expect(
      model.histories
        .at(-1)
        ?.filter(([type]) => type === 'result')
        .at(-2)?.[2],
    ).toContain('rejected')
    model.say({ calls: [bash('touch once.txt')] }, { calls: [bash('touch twice.txt')] }, { text: 'Twice.' })
    asked.length = 0
    await turn({ sessionId: copy, permissions: 'ask' }, answering('allow_always', 'allow_always'))
    expect(asked).toHaveLength(1)
    await access(join(cwd, 'twice.txt'))
    await expect(readFile(join(cwd, '.claude', 'settings.local.json'))).rejects.toThrow('ENOENT')
  })

  test('what reaches out of the folder is asked even if all in it is allowed', async () => {
    const { sessionId: copy } = await copyOf(sessionId, 1)
    model.say({ calls: [write(join(folder, 'outside.txt'), 'x')] }, { text: 'Tried.' })
    const { events } = await turn({ sessionId: copy }, (event, stream) =>
      event.type === 'permission' ? stream.answer?.(event.requestId, 'reject') : undefined,
    )
    expect(events.filter((event) => event.type === 'permission')).toHaveLength(1)
    await expect(readFile(join(folder, 'outside.txt'))).rejects.toThrow('ENOENT')
  })

  test('questions of the model are asked one by one and answered together', async () => {
    const { sessionId: copy } = await copyOf(sessionId, 1)
    const question = (text: string, labels: string[]) => ({
      question: text,
      header: 'Choice',
      multiSelect: false,
      options: labels.map((label) => ({ label, description: label })),
    })
    const questions = [question('Which colour?', ['Red', 'Blue']), question('Which size?', ['Small', 'Large'])]
    model.say({ calls: [{ name: 'AskUserQuestion', input: { questions } }] }, { text: 'Thanks.' })
    const labels: string[][] = []
    await turn({ sessionId: copy, permissions: 'ask' }, (event, stream) => {
      if (event.type !== 'permission') return undefined
      labels.push(event.options.map((option) => option.label))
      return stream.answer?.(event.requestId, 'answer:1')
    })
    expect(labels).toEqual([
      ['Red', 'Blue', 'Reject'],
      ['Small', 'Large', 'Reject'],
    ])
    const result = model.histories.at(-1)?.at(-1)
    expect(result?.[2]).toMatch(/Which colour\?"="Blue".*Which size\?"="Large"/)
  })

  test('an interrupt ends the turn and the session goes on later with whole pairs', async () => {
    const { sessionId: copy } = await copyOf(sessionId, 1)
    model.say({ calls: [bash('timeout 20 tail -f /dev/null')] })
    const stopped = await turn({ sessionId: copy, prompt: 'Wait.' }, (event, stream) =>
      event.type === 'tool' && event.state === 'started' ? stream.interrupt?.() : undefined,
    )
    expect(stopped.events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, error: 'The turn was interrupted.' })
    const { sessionId: later } = await copyOf(copy)
    model.say({ text: 'Awake.' })
    const { events } = await turn({ sessionId: later, prompt: 'Wake up.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    const history = model.histories.at(-1) as HistoryEntry[]
    expect(history).toContainEqual(['user', 'Wait.'])
    expect(idsOf(history, 'call')).toEqual(idsOf(history, 'result'))
    expect(idsOf(history, 'call')).toHaveLength(3)
  })

  test('the limit of turns ends the turn with its reason', async () => {
    const { sessionId: copy } = await copyOf(sessionId, 1)
    model.say({ calls: [bash('echo 1')] }, { calls: [bash('echo 2')] })
    const { events } = await turn({ sessionId: copy, maxTurns: 1 })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, error: 'The limit of turns is reached.' })
  })

  test('who is not logged in, or whose key is refused, is told what to do', async () => {
    const advice = expect.stringContaining('/login')
    const { events } = await turn({ sessionId: null, env: { ...env, ANTHROPIC_API_KEY: undefined } })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, advice })
    model.say({ refuse: 401 })
    const { events: refused } = await turn({ sessionId: null })
    expect(refused.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, advice })
    const { events: gone } = await turn({ sessionId: crypto.randomUUID() })
    expect(gone.at(-1)).toMatchObject({ ok: false, advice: expect.stringContaining('Resume the task once more') })
  })

  test('a session is found from a folder with a long and odd path', async () => {
    const deep = join(folder, 'ünder a_dot.folder', 'x'.repeat(120), 'y'.repeat(120))
    await mkdir(deep, { recursive: true })
    model.say()
    const talk = await readTalk(sessionId, (rows) => rows.slice(0, rows.findIndex(says('one')) + 1))
    const written = await claudeCode.writeSession({ cwd: deep, env, program, talk })
    const { events } = await turn({ cwd: deep, sessionId: written.sessionId })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ['user', 'Go on.']])
    const { sessionId: own } = await turn({ cwd: deep, sessionId: null })
    expect(await claudeCode.findTranscript({ cwd: deep, env, sessionId: own })).toContain(own)
  })

  test('the original goes on after all this with its whole history', async () => {
    await turn({ prompt: 'Write four.' })
    expect(model.histories.at(-1)).toEqual([...(told[2] ?? []), ['user', 'Write four.']])
  })
})

const WORDS = ['one', 'two', 'three']
const says = (word: string | undefined) => (one: TalkRow) => one.text === `Wrote ${word}.`
const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'A step' } })
const write = (path: string, content: string) => ({ name: 'Write', input: { file_path: path, content } })
const idsOf = (history: HistoryEntry[], type: 'call' | 'result') =>
  history.flatMap((entry) => (entry[0] === type ? [entry[1]] : [])).toSorted()
