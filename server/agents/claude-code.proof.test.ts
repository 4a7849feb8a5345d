import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claudeCode } from './claude-code'
import { talkOfFiles } from './test-claude-code-talk'
import { type HistoryEntry, startTestModel, type TestModel } from './test-model-host'
import { messages } from './test-model-messages'
import { installProgram } from './test-programs'
import { row, talkOf } from './test-talk'
import { runTurn } from './test-turn'
import type { AgentEvent, AgentStream, FoundProgram, LaunchInput, TalkRow } from './types'

const file = process.env.MAKIMA_CLAUDE ?? (await installProgram('claude'))

describe.skipIf(file === null)('Claude Code', { timeout: 120_000 }, () => {
  let model: TestModel
  let folder: string
  let cwd: string
  let env: NodeJS.ProcessEnv
  let program: FoundProgram
  const sessionId = crypto.randomUUID()
  /** What the model was told at the end of each turn, with its last answer. */
  const told: HistoryEntry[][] = []

  const turn = (
    input: Partial<LaunchInput>,
    reply?: (event: AgentEvent, stream: AgentStream) => string | undefined,
    interruptWhen?: (event: AgentEvent) => boolean,
  ) => {
    const launch: LaunchInput = {
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
    }
    return runTurn(claudeCode, launch, interruptWhen, reply)
  }

  const pathOf = async (id: string) => (await claudeCode.findTranscript({ cwd, env, sessionId: id })) as string
  const readTalk = async (id: string, isInForce?: (rows: TalkRow[]) => TalkRow[]) =>
    talkOfFiles([{ path: await pathOf(id) }], isInForce)

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
  }, 120_000)

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
      const talk = await readTalk(sessionId, (rows) => rows.slice(0, rows.findIndex(says(WORDS[turns - 1])) + 1))
      const written = await claudeCode.writeSession({ cwd, env, program, talk })
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
})

const WORDS = ['one', 'two', 'three']
const says = (word: string | undefined) => (one: TalkRow) => one.text === `Wrote ${word}.`
const bash = (command: string) => ({ name: 'Bash', input: { command, description: 'A step' } })
