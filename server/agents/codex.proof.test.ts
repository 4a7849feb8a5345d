import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseTime } from '@/server/transcripts/iso-time'
import { codex } from './codex'
import { callIdOf, messageText, payloadOf } from './codex-turns'
import { codexHome } from './test-agent-homes'
import { type HistoryEntry, startTestModel, type TestModel } from './test-model-host'
import { responses } from './test-model-responses'
import { installProgram } from './test-programs'
import { claudeTalk, row, talkOf } from './test-talk'
import { runTurn } from './test-turn'
import type { AgentEvent, FoundProgram, LaunchInput, Talk, TalkRow } from './types'

const file = await installProgram('codex')

describe.skipIf(file === null)('Codex', { timeout: 300_000 }, () => {
  let model: TestModel
  let folder: string
  let cwd: string
  let env: NodeJS.ProcessEnv
  let program: FoundProgram
  let sessionId: string
  /** What the model was told at the end of each turn, with its last answer. */
  const told: HistoryEntry[][] = []

  const turn = (input: Partial<LaunchInput>, interruptWhen?: (event: AgentEvent) => boolean) => {
    const launch = { cwd, env, program, sessionId, newSessionId: '', model: null, permissions: 'allow', maxTurns: null }
    return runTurn(codex, { ...launch, prompt: 'Go on.', ...input } as LaunchInput, interruptWhen)
  }

  beforeAll(async () => {
    model = await startTestModel(responses)
    folder = await mkdtemp(join(tmpdir(), 'makima-codex-'))
    cwd = join(folder, 'work')
    const home = join(folder, 'home')
    await mkdir(cwd)
    env = {
      NODE_ENV: 'test',
      PATH: process.env.PATH,
      HOME: home,
      ...codexHome(join(home, '.codex'), model.url),
      MAKIMA_CODEX: file as string,
    }
    program = await codex.find(env)
    for (const [index, word] of ['one', 'two', 'three'].entries()) {
      model.say(
        {
          text: `I write ${word}.`,
          calls: [{ name: 'exec_command', input: { cmd: `sleep 0.3; echo ${word} > ${word}.txt; cat ${word}.txt` } }],
        },
        { text: `Wrote ${word}.` },
      )
      const { sessionId: id, events } = await turn({
        sessionId: index === 0 ? null : sessionId,
        prompt: `Write ${word}.`,
      })
      sessionId = id
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
    expect(kinds[0]).toBe('session')
    expect(kinds.indexOf('tool started')).toBeGreaterThan(0)
    expect(kinds.indexOf('tool ended')).toBeGreaterThan(kinds.indexOf('tool started'))
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true, advice: null })
  }

  const readTalk = async (id: string, isInForce: (rows: TalkRow[]) => TalkRow[]) => {
    const path = (await codex.findTranscript({ cwd, env, sessionId: id })) as string
    return talkOfRollout(await readFile(path, 'utf8'), isInForce)
  }

  test('its program is found and its version known', () => expect(program.version).toMatch(/^\d+\.\d+\.\d+$/))

  test.each([1, 2])(
    'a session that is cut after turn %i goes on from there, and the original is untouched',
    async (turns) => {
      const original = (await codex.findTranscript({ cwd, env, sessionId })) as string
      const before = await readFile(original)
      const talk = await readTalk(sessionId, (rows) => rows.slice(0, 4 * turns))
      const written = await codex.writeSession({ cwd, env, program, talk })
      expect(written.notCarried).toEqual([])
      expect(written.inherited.bytes).toBe((await readFile(written.files[0] as string)).length)
      model.say({ text: 'Another way.' })
      const { events } = await turn({ sessionId: written.sessionId, prompt: 'Try another way.' })
      expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
      expect(model.histories.at(-1)).toEqual([...(told[turns - 1] ?? []), ['user', 'Try another way.']])
      expect(await readFile(original)).toEqual(before)
      expect(await codex.findTranscript({ cwd, env, sessionId: written.sessionId })).toBe(written.files[0])
      expect((await readFile(written.files[0] as string)).length).toBeGreaterThan(written.inherited.bytes ?? 0)
    },
  )

  test('a session that is cut in the middle of a turn ends with the last result', async () => {
    const talk = await readTalk(sessionId, (rows) => rows.slice(0, 7))
    const written = await codex.writeSession({ cwd, env, program, talk })
    await turn({ sessionId: written.sessionId, prompt: 'What did it say?' })
    expect(model.histories.at(-1)).toEqual([...(told[1] ?? []).slice(0, -1), ['user', 'What did it say?']])
  })

  test('a prompt without an answer is left out and named', async () => {
    const talk = await readTalk(sessionId, (rows) => rows.slice(0, 5))
    const written = await codex.writeSession({ cwd, env, program, talk })
    expect(written.notCarried.join()).toContain('Write two.')
    await turn({ sessionId: written.sessionId, prompt: 'Now?' })
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ['user', 'Now?']])
  })

  test('a copy of a copy that went on holds each turn once', async () => {
    const first = await codex.writeSession({
      cwd,
      env,
      program,
      talk: await readTalk(sessionId, (rows) => rows.slice(0, 4)),
    })
    model.say({ text: 'Aside.' })
    await turn({ sessionId: first.sessionId, prompt: 'Step aside.' })
    const path = first.files[0] as string
    const own = (await readFile(path)).subarray(first.inherited.bytes).toString()
    const parent = await readFile((await codex.findTranscript({ cwd, env, sessionId })) as string, 'utf8')
    const rows = [...rowsOf(parseLines(parent)).slice(0, 4), ...rowsOf(parseLines(own))]
    const meta = parseLines((await readFile(path, 'utf8')).split('\n', 1)[0] as string)
    const talk = talkOf('codex', rows, [parseLines(parent), [...meta, ...parseLines(own)]])
    const second = await codex.writeSession({ cwd, env, program, talk })
    await turn({ sessionId: second.sessionId, prompt: 'And now?' })
    const aside: HistoryEntry[] = [
      ['user', 'Step aside.'],
      ['assistant', 'Aside.'],
    ]
    expect(model.histories.at(-1)).toEqual([...(told[0] ?? []), ...aside, ['user', 'And now?']])
  })

  test('a talk of Claude Code goes on, with its calls as calls of Codex', async () => {
    const written = await codex.writeSession({ cwd, env, program, talk: claudeTalk })
    expect(written.notCarried).toHaveLength(4)
    model.say({ text: 'Because.' })
    const { events } = await turn({ sessionId: written.sessionId, prompt: 'Why do they fail?' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    const history = model.histories
      .at(-1)
      ?.map(([type, ...rest]) => [type, ...rest.slice(type === 'user' || type === 'assistant' ? 0 : 1)])
    expect(history).toEqual([
      ['user', 'Fix the greeting.'],
      ['assistant', 'I read the file first.'],
      ['call', 'exec_command', { cmd: 'cat greeting.txt' }],
      ['result', '1\tHelo'],
      ['call', 'exec_command', { cmd: expect.stringContaining('*** Update File: greeting.txt\n@@\n-Helo\n+Hello\n') }],
      ['result', 'Updated.'],
      ['assistant', 'It says Hello now.'],
      ['user', 'Run the tests.'],
      ['call', 'exec_command', { cmd: "npm test -- 'a b'" }],
      ['result', 'Error: Exit code 1'],
      ['call', 'WebFetch', { url: 'https://example.org', prompt: 'What is it?' }],
      ['result', 'A page.'],
      ['assistant', 'They fail.'],
      ['user', 'Why do they fail?'],
    ])
  })

  test('an interrupt ends the turn and the session goes on later', async () => {
    model.say({ calls: [{ name: 'exec_command', input: { cmd: 'sleep 60' } }] })
    const stopped = await turn({ sessionId: null, prompt: 'Sleep.' }, (event) => event.type === 'tool')
    expect(stopped.events.some((event) => event.type === 'turn_ended')).toBe(false)
    model.say({ text: 'Awake.' })
    const { events } = await turn({ sessionId: stopped.sessionId, prompt: 'Wake up.' })
    expect(events.at(-1)).toMatchObject({ type: 'turn_ended', ok: true })
    expect(model.histories.at(-1)).toContainEqual(['user', 'Sleep.'])
  })

  test('without permission the sandbox keeps the folder as it is', async () => {
    model.say(
      { calls: [{ name: 'exec_command', input: { cmd: 'echo no > forbidden.txt' } }] },
      { text: 'I could not.' },
    )
    await turn({ sessionId: null, prompt: 'Write.', permissions: 'ask' })
    await expect(readFile(join(cwd, 'forbidden.txt'))).rejects.toThrow('ENOENT')
  })

  test('a refused key ends the turn with what to do', async () => {
    model.say({ refuse: 401 })
    const { events } = await turn({ sessionId: null, prompt: 'Hello.' })
    expect(events.at(-1)).toMatchObject({
      type: 'turn_ended',
      ok: false,
      advice: expect.stringContaining('codex login'),
    })
    const { events: without } = await turn({ sessionId: null, prompt: 'Hello.', env: { ...env, TEST_KEY: undefined } })
    expect(without.at(-1)).toMatchObject({ type: 'turn_ended', ok: false, advice: expect.stringContaining('TEST_KEY') })
  })

  test('the original goes on after all this with its whole history', async () => {
    await turn({ prompt: 'Write four.' })
    expect(model.histories.at(-1)).toEqual([...(told[2] ?? []), ['user', 'Write four.']])
  })
})

function parseLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

function talkOfRollout(text: string, isInForce: (rows: TalkRow[]) => TalkRow[]): Talk {
  const values = parseLines(text)
  return talkOf('codex', isInForce(rowsOf(values)), [values])
}

function rowsOf(values: Record<string, unknown>[]): TalkRow[] {
  const rows: TalkRow[] = []
  for (const value of values) {
    const payload = payloadOf(value)
    if (value.type !== 'response_item') continue
    const at = parseTime(value.timestamp)
    const callId = callIdOf(payload)
    if (payload.type === 'function_call_output') {
      const found = rows.find((one) => one.nativeToolId === callId)
      if (found) found.toolResult = String(payload.output)
    } else if (callId !== null) {
      rows.push(row({ role: 'tool', kind: 'tool', nativeToolId: callId, toolName: String(payload.name), at }))
    } else if (payload.type === 'message') {
      const text = messageText(payload)
      if (payload.role === 'assistant') rows.push(row({ role: 'assistant', kind: 'text', text, at }))
      else if (payload.role === 'user' && !text.startsWith('<'))
        rows.push(row({ role: 'user', kind: 'prompt', text, at }))
    }
  }
  return rows
}
