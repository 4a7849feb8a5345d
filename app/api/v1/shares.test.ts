// Share links: what a reader gets, and what nobody gets.
import { eq } from 'drizzle-orm'
import { newId } from '@/db/ids'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as exportRoute from '@/app/api/v1/mesh/tasks/[id]/export/route'
import * as conversationRoute from '@/app/api/v1/shares/[id]/conversation/route'
import * as shareRoute from '@/app/api/v1/shares/[id]/route'
import * as previewRoute from '@/app/api/v1/shares/preview/route'
import * as sharesRoute from '@/app/api/v1/shares/route'
import { GET as openPage, POST as sendPassword } from '@/app/share/[token]/route'
import { sharePages, shares, tasks } from '@/db/schema'
import { messages, segments, transcriptChunks, transcriptSources } from '@/db/talk-tables'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import type { Context } from '@/server/context'
import { PLANTED_KINDS, plantSecrets } from '@/server/redact/test-secrets'
import { listHistory } from '@/server/services/history-list'
import { addContract, addSegment, addTask, type TestMessage } from '@/server/services/test-world'
import { call, openTestApi } from './test-call'

let database: TestDatabase
let ctx: Context
const [planted] = plantSecrets(3, 5)
const secret = planted?.secret ?? ''

beforeAll(async () => {
  database = await createTestDatabase()
  ctx = openTestApi(database.url)
})
afterAll(() => database.close())

async function talk(messages: TestMessage[], name = 'A talk'): Promise<string> {
  const taskId = await addTask(ctx, await addContract(ctx), { name, messageCount: messages.length })
  const segmentId = await addSegment(ctx, taskId, messages)
  await ctx.db.update(tasks).set({ headSegmentId: segmentId, headSeq: messages.length }).where(eq(tasks.id, taskId))
  return taskId
}

const said = (): TestMessage[] => [
  { role: 'user', kind: 'prompt', text: `Use ${secret} in /home/ada/work` },
  { role: 'assistant', kind: 'thinking', text: 'I should think.' },
  {
    role: 'tool',
    kind: 'tool',
    toolName: 'Bash',
    toolInput: JSON.stringify({ command: `curl -H "X: ${secret}" ada@lovelace.org` }),
    toolResult: `sent ${secret}`,
  },
  {
    role: 'assistant',
    kind: 'text',
    text: '**Done** <script>alert(1)</script> [x](javascript:alert(1)) ![p](https://x.org/p.png)',
  },
]

const create = async (body: object) => call(sharesRoute, { method: 'POST', body })
const place = (token: string) => ({ params: Promise.resolve({ token }) })
const open = async (token: string, query = '', cookie = '') =>
  openPage(new Request(`http://127.0.0.1:4700/share/${token}${query}`, { headers: { cookie } }), place(token))
const send = async (token: string, password: string) =>
  sendPassword(
    new Request(`http://127.0.0.1:4700/share/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ password }).toString(),
    }),
    place(token),
  )

test('the preview lists what was found; what is masked is nowhere, what is kept on purpose is there', async () => {
  const taskId = await talk(said(), `Talk about ${secret}`)
  const { body: preview } = await call(previewRoute, { method: 'POST', body: { taskId } })
  expect(preview.findings.map(({ group }: { group: string }) => group).toSorted()).toEqual(['email', 'home', 'secret'])
  expect(JSON.stringify(preview)).not.toContain(secret)
  expect(preview.messages).toBe(3)
  const email = preview.findings.find(({ group }: { group: string }) => group === 'email')
  const { status, body } = await create({ taskId, keep: [email.id], mask: ['sent'], note: `Mind ${secret}` })
  expect(status).toBe(201)
  expect(body.path).toBe(`/share/${body.token}`)
  const html = await (await open(body.token)).text()
  const { body: json } = await call(conversationRoute, { params: { id: body.token } })
  const stored = await ctx.db.select().from(sharePages).where(eq(sharePages.shareId, body.id))
  const [row] = await ctx.db.select().from(shares).where(eq(shares.id, body.id))
  for (const text of [html, JSON.stringify(json), JSON.stringify(stored), JSON.stringify(row), JSON.stringify(body)]) {
    expect(text).not.toContain(secret)
    expect(text).not.toContain('/home/ada')
  }
  expect(html).toContain('ada@lovelace.org')
  expect(html).toContain('[masked]')
  expect(html).not.toContain('I should think')
})

test('the page can do nothing and is found by nobody', async () => {
  const { body } = await create({ taskId: await talk(said()), includeThinking: true })
  const response = await open(body.token)
  const html = await response.text()
  expect(html).not.toMatch(/<script|javascript:|<img|<link|src=|onerror/i)
  expect(html).toContain('<strong>Done</strong> &lt;script&gt;')
  expect(html).toContain('I should think.')
  expect(html).toContain('<meta name="robots" content="noindex, nofollow">')
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /)
  expect(response.headers.get('x-robots-tag')).toContain('noindex')
  expect(html).toContain('og:title')
  expect(html).not.toMatch(/href="\//)
})

test('signs of a terminal and of turned text are made harmless', async () => {
  const { body } = await create({
    taskId: await talk([{ role: 'user', kind: 'prompt', text: 'a \u202Eevil\u202C \u001b[31mred\u001b[0m <b>' }]),
  })
  const html = await (await open(body.token)).text()
  expect(html).toContain('U+202E')
  expect(html).toContain(' red &lt;b&gt;')
})

test('characters that are not seen are shown by name in text, title, attributes, Markdown and calls', async () => {
  const odd = '\u202Egnp\u2066\u200B\u00AD\u061C\u{E0041}"><b>'
  const { body } = await create({
    title: `T${odd}`,
    note: `N${odd}`,
    taskId: await talk([
      { role: 'user', kind: 'prompt', text: `P${odd} 👩‍💻` },
      {
        role: 'assistant',
        kind: 'text',
        text: `**A**${odd} \`code${odd}\` [l](https://a.b "t\u202E") &#x202e; ![a\u202E](x)`,
      },
      { role: 'assistant', kind: 'thinking', text: `H${odd}` },
      {
        role: 'tool',
        kind: 'tool',
        text: null,
        toolName: `Bash${odd}`,
        toolInput: `{"command":"ls \u202E"}`,
        toolResult: odd,
      },
    ]),
  })
  const html = await (await open(body.token)).text()
  expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B\u00AD\u061C\u{E0041}]/u)
  expect(html).toContain('<title>T[U+202E]gnp[U+2066][U+200B][U+00AD][U+061C][U+E0041]&quot;&gt;&lt;b&gt;</title>')
  expect(html).toContain('<meta property="og:title" content="T[U+202E]gnp')
  expect(html).toContain('<span class="sign">[U+202E]</span>gnp')
  expect(html).toContain('👩‍💻')
  expect(html).not.toMatch(/="[^"]*<span/)
})

test('it stands when its task is gone, goes when it is revoked, and is over after its time', async () => {
  const taskId = await talk(said())
  const { body } = await create({ taskId })
  const [segment] = await ctx.db.select().from(segments).where(eq(segments.taskId, taskId))
  await ctx.db.delete(messages).where(eq(messages.segmentId, segment?.id ?? ''))
  await ctx.db.delete(segments).where(eq(segments.taskId, taskId))
  await ctx.db.delete(tasks).where(eq(tasks.id, taskId))
  expect((await open(body.token)).status).toBe(200)
  const listed = await call(sharesRoute)
  expect(listed.body.shares[0]).toMatchObject({ id: body.id, views: 1, state: 'open' })
  expect(JSON.stringify(listed.body)).not.toContain(body.token)
  const revoked = await call(shareRoute, { method: 'DELETE', params: { id: body.id } })
  expect(revoked.body.state).toBe('revoked')
  expect((await open(body.token)).status).toBe(404)
  expect((await call(conversationRoute, { params: { id: body.token } })).status).toBe(404)
  expect(await ctx.db.select().from(sharePages).where(eq(sharePages.shareId, body.id))).toEqual([])

  const over = (await create({ taskId: await talk(said()), expiresInDays: 1 })).body
  expect((await open(over.token)).status).toBe(200)
  await ctx.db
    .update(shares)
    .set({ expiresAt: new Date(Date.now() - 1) })
    .where(eq(shares.id, over.id))
  expect(await (await open(over.token)).text()).toContain('This link is over.')
  const last = over.token.at(-1) === 'A' ? 'B' : 'A'
  expect((await open(`${over.token.slice(0, -1)}${last}`)).status).toBe(404)
})

test('the timeline tells of a share and of its end, once each', async () => {
  const taskId = await talk(said(), `Told of ${secret}`)
  const { body } = await create({ taskId })
  const { id } = body as { id: string }
  for (let n = 0; n < 2; n++) await call(shareRoute, { method: 'DELETE', params: { id } })
  const { entries } = await listHistory(ctx, { taskId })
  expect(entries.map(({ eventType }) => eventType)).toEqual(['share.revoked', 'share.created'])
  expect(JSON.stringify(entries.map(({ eventData }) => eventData))).not.toContain(secret)
})

test('a password opens it', async () => {
  const { body } = await create({ taskId: await talk(said(), 'Behind a password'), password: 'open sesame' })
  const closed = await open(body.token)
  expect(closed.status).toBe(401)
  const asked = await closed.text()
  expect(asked).toContain('<form method="post">')
  expect(asked).not.toContain('Behind a password')
  const right = await send(body.token, 'open sesame')
  expect(right.status).toBe(200)
  const cookie = right.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(new RegExp(`Path=/share/${body.token}; HttpOnly; SameSite=Strict`))
  expect((await open(body.token, '', cookie.split(';')[0])).status).toBe(200)
  const [one, two] = [
    await call(conversationRoute, { params: { id: body.token } }),
    await call(conversationRoute, { params: { id: body.token }, headers: { 'share-password': 'open sesame' } }),
  ]
  expect([one.status, two.status]).toEqual([401, 200])
})

test('wrong passwords take turns seconds apart, and its reader gets in all the same', async () => {
  const { body } = await create({ taskId: await talk(said()), password: 'open sesame' })
  const cookie = (await send(body.token, 'open sesame')).headers.get('set-cookie')?.split(';')[0]
  for (let n = 0; n < 5; n++) expect((await send(body.token, `wrong ${n}`)).status).toBe(403)
  const before = Date.now()
  const right = send(body.token, 'open sesame')
  expect((await right).status).toBe(200)
  expect(Date.now() - before).toBeLessThan(3_000)

  // Many at once are few that are looked at, and none waits for long.
  const begun = Date.now()
  const flood = await Promise.all(
    Array.from({ length: 40 }, async (_, n) => (await send(body.token, `no ${n}`)).status),
  )
  expect(flood.filter((status) => status === 403).length).toBeLessThanOrEqual(10)
  expect(flood.filter((status) => status === 429).length).toBeGreaterThanOrEqual(30)
  expect(Date.now() - begun).toBeLessThan(15_000)
  // Who was let in before notices nothing, and who comes now is in within seconds.
  expect((await open(body.token, '', cookie)).status).toBe(200)
  const after = Date.now()
  expect((await send(body.token, 'open sesame')).status).toBe(200)
  expect(Date.now() - after).toBeLessThan(12_000)
})

test('a form that is longer than a password is not read', async () => {
  const { body } = await create({ taskId: await talk(said()), password: 'open sesame' })
  expect((await send(body.token, 'x'.repeat(5_000))).status).toBe(413)
  expect((await send(body.token, 'open sesame')).status).toBe(200)
})

test('a long conversation comes in pages; only up to a chosen message; without what tools said', async () => {
  const many: TestMessage[] = Array.from({ length: 450 }, (_, n) => ({
    role: 'user',
    kind: 'prompt',
    text: `Prompt ${n}.`,
  }))
  const { body } = await create({ taskId: await talk(many) })
  expect(body.messages).toBe(450)
  const first = await (await open(body.token)).text()
  expect(first).toContain('Prompt 99.')
  expect(first).not.toContain('Prompt 100.')
  expect(first).toContain('href="?page=2"')
  expect(await (await open(body.token, '?page=5')).text()).toContain('Prompt 449.')

  const taskId = await talk(said())
  const { body: preview } = await call(previewRoute, { method: 'POST', body: { taskId, includeToolOutput: false } })
  expect(preview.page[1]).not.toHaveProperty('toolResult')
  const refused = await create({ taskId, toMessageId: '00000000-0000-8000-8000-000000000009' })
  expect(refused.status).toBe(404)
  expect((await create({ taskId, password: 'x' })).body.detail).toContain('6 characters')
})

test('a conversation comes as a file: a page, Markdown and lines of JSON are masked', async () => {
  const taskId = await talk([
    ...said(),
    { role: 'tool', kind: 'tool', toolName: 'Read', toolInput: '{}', toolResult: 'a\n```\nb' },
  ])
  const write = async (format: string) => {
    // A retry of what changes nothing is answered anew.
    const headers = { 'idempotency-key': format }
    const { response } = await call(exportRoute, { method: 'POST', params: { id: taskId }, headers, body: { format } })
    return { name: response.headers.get('content-disposition'), text: await response.text(), status: response.status }
  }
  const page = await write('html')
  expect(page.name).toBe("attachment; filename*=UTF-8''A-talk.html")
  expect(page.text).toContain('<strong>Done</strong>')
  const markdown = await write('markdown')
  expect(markdown.text).toMatch(/^# A talk\n\n4 messages with Claude Code\n\n## Person/)
  expect(markdown.text).toContain('````\na\n```\nb\n````')
  const lines = (await write('jsonl')).text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ type: 'conversation', version: 1, messages: 4 })
  expect(lines).toHaveLength(5)
  for (const { text } of [page, markdown]) expect(text).not.toContain(secret)
  expect(JSON.stringify(lines)).not.toContain(secret)
  expect((await write('agent')).status).toBe(412)
  expect((await write('pdf')).status).toBe(400)
})

const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

test('images are shared only when that is asked for; what was written into files can be left out, its name stays', async () => {
  const record = Buffer.from(
    JSON.stringify({
      type: 'user',
      message: { content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PICTURE } }] },
    }),
  )
  const sourceId = newId()
  await ctx.db
    .insert(transcriptChunks)
    .values({ sourceId, startOffset: 0, size: record.length, raw: record, packed: null })
  await ctx.db.insert(transcriptSources).values({
    id: sourceId,
    ownerId: ctx.actor.ownerId,
    agent: 'claude-code',
    kind: 'file',
    path: '/nowhere/with-a-picture.jsonl',
    identity: 'picture',
    bytes: record.length,
  })
  const patch = '*** Begin Patch\n*** Update File: src/b.ts\n@@\n-old\n+the new words\n*** End Patch'
  const taskId = await talk([
    { role: 'user', kind: 'prompt', text: 'Look', sourceId, sourceOffset: 0, sourceLength: record.length },
    {
      role: 'tool',
      kind: 'tool',
      toolName: 'Write',
      toolInput: JSON.stringify({ file_path: 'src/a.ts', content: 'the very words' }),
      toolResult: 'wrote the very words',
    },
    {
      role: 'tool',
      kind: 'tool',
      toolName: 'apply_patch',
      toolInput: JSON.stringify({ input: patch }),
      toolResult: 'ok',
    },
    { role: 'tool', kind: 'tool', toolName: 'Bash', toolInput: JSON.stringify({ command: 'ls' }), toolResult: 'a.ts' },
  ])
  const { body: plain } = await create({ taskId })
  expect(await (await open(plain.token)).text()).not.toContain(PICTURE)
  const { body: preview } = await call(previewRoute, { method: 'POST', body: { taskId, includeImages: true } })
  expect(preview.images).toBe(1)
  const { body: made } = await create({ taskId, includeImages: true, includeDiffs: false })
  const page = await open(made.token)
  const html = await page.text()
  expect(html).toContain(`<img alt="In the message" src="data:image/png;base64,${PICTURE}">`)
  expect(page.headers.get('content-security-policy')).toContain('img-src data:;')
  for (const word of ['src/a.ts', 'src/b.ts', 'a.ts</pre>']) expect(html).toContain(word)
  for (const word of ['the very words', 'the new words']) expect(html).not.toContain(word)
})

test('a secret at the beginning of a line, in colours or in pieces is in none of the outputs', async () => {
  const planted = plantSecrets(PLANTED_KINDS, 21)
  const inColours = `\u001b[31m${secret.slice(0, 7)}\u001b[0m${secret.slice(7)}`
  const wrapped = `${secret.slice(0, 20)}\n${secret.slice(20)}`
  const taskId = await talk([
    { role: 'user', kind: 'prompt', text: `a\n${planted.map(({ text }) => text).join('\n\n')}\n![${secret}](x.png)` },
    { role: 'assistant', kind: 'thinking', text: `so ${inColours}` },
    {
      role: 'tool',
      kind: 'tool',
      toolName: `Write_${secret}`,
      toolInput: JSON.stringify({
        file_path: '.env',
        content: `X=1\n${planted.map(({ text }) => text).join('\n\n')}\n`,
        [secret]: 'as a name',
      }),
      toolResult: `TOKEN=${inColours}\n$ \n${wrapped}\n$`,
    },
  ])
  const asked = { taskId, includeThinking: true, note: `Mind\n${inColours}`, title: `Of ${inColours}` }
  const { body } = await create(asked)
  const outputs = [
    JSON.stringify((await call(previewRoute, { method: 'POST', body: asked })).body.page),
    await (await open(body.token)).text(),
    JSON.stringify((await call(conversationRoute, { params: { id: body.token } })).body),
  ]
  for (const format of ['html', 'markdown', 'jsonl']) {
    const { taskId: id, ...choices } = asked
    const { response } = await call(exportRoute, { method: 'POST', params: { id }, body: { ...choices, format } })
    outputs.push(await response.text())
  }
  // Their ends: some begin with an address that stands elsewhere too.
  const secrets = [secret, ...planted.map((one) => one.secret.slice(-24))]
  const left = outputs.map((output) =>
    secrets.filter((one) => {
      for (let at = 0; at + 8 <= one.length; at++) if (output.includes(one.slice(at, at + 8))) return true
      return false
    }),
  )
  expect(left).toEqual(outputs.map(() => []))
  expect(outputs.join('')).not.toContain('\u001b')
})
