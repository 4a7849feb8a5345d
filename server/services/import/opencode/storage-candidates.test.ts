import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { type Candidate, findTranscripts } from '@/server/services/import/candidates'
import { openCode } from '@/server/transcripts/opencode'
import { parseDocument } from '@/server/transcripts/json-document'

type Message = { info: { id: string }; parts: { id: string }[] }
const transcripts = join(process.cwd(), 'server/transcripts/fixtures')
const exported: { info: { id: string }; messages: Message[] } = JSON.parse(
  readFileSync(join(transcripts, 'opencode-export.json'), 'utf8'),
)

/** A store as older releases keep it: a file for everything. */
function writeStore(): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'makima-opencode-')), 'storage')
  const write = (path: string, value: unknown) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), JSON.stringify(value, null, 2))
  }
  const { info, messages } = exported
  write('project/p1.json', { id: 'p1', worktree: '/home/ada/garden' })
  write(`session/p1/${info.id}.json`, info)
  for (const message of messages) {
    write(`message/${info.id}/${message.info.id}.json`, message.info)
    for (const part of message.parts) write(`part/${message.info.id}/${part.id}.json`, part)
  }
  return folder
}

async function read(candidate: Candidate | undefined) {
  const pieces: Buffer[] = []
  for await (const piece of candidate?.open(0) ?? []) pieces.push(piece)
  return Buffer.concat(pieces)
}

test('a session in many files is one document with their texts, and they are not looked at on their own', async () => {
  const folder = writeStore()
  const [candidate, ...others] = await findTranscripts(folder, [])
  expect(others).toEqual([])
  const bytes = await read(candidate)
  expect(candidate).toMatchObject({
    path: join(folder, 'session/p1/ses_aa11.json'),
    bytes: bytes.length,
    unsure: false,
  })
  expect(JSON.parse(bytes.toString('utf8'))).toEqual(exported)
  expect(bytes.includes(readFileSync(join(folder, 'message/ses_aa11/msg_02.json')))).toBe(true)
})

test('a torn file spoils nothing but itself, and one that went away is an empty place', async () => {
  const folder = writeStore()
  const listed = (await findTranscripts(folder, []))[0]
  writeFileSync(join(folder, 'part/msg_01/prt_01.json'), '{"id":"prt_01","type":"te')
  rmSync(join(folder, 'part/msg_01/prt_03.json'))
  const record = parseDocument(await read(listed), 'messages')
  const counter = openCode.createCounter()
  counter.count(record)
  expect(counter.report()).toMatchObject({
    assistantMessages: 2,
    toolCalls: 3,
    bad: 0,
    unknownTypes: { 'part:unreadable': 2 },
  })
  expect(JSON.stringify(record.value)).toContain('{\\"id\\":\\"prt_01\\",\\"type\\":\\"te')
})

test('a session that went on is another one by its identity', async () => {
  const folder = writeStore()
  const before = (await findTranscripts(folder, []))[0]
  expect((await findTranscripts(folder, []))[0]?.identity).toBe(before?.identity)
  writeFileSync(join(folder, 'part/msg_04/prt_12.json'), '{"id":"prt_12","type":"text","text":"More"}')
  expect((await findTranscripts(folder, []))[0]?.identity).not.toBe(before?.identity)
})

test('a head without messages is a file like any other', async () => {
  const folder = writeStore()
  rmSync(join(folder, 'message'), { recursive: true })
  expect(await findTranscripts(folder, [])).toMatchObject([
    { path: join(folder, 'session/p1/ses_aa11.json'), unsure: true },
  ])
})
