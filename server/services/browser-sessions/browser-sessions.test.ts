// One-time links and the sessions of browsers that came by them.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@/db/test-database'
import { connect, type Connection } from '@/db/client'
import { createContext, type Context } from '@/server/context'
import { readEnv } from '@/server/env'
import { enter, isStillAllowed } from '@/server/services/entry'
import { endBrowserSession, listBrowserSessions } from './browser-sessions'
import { cookieName } from './cookie'
import { enterBrowser } from './enter-browser'
import { createEntryLink, ownPath } from './entry-links'

const DAY_MS = 86_400_000

let database: TestDatabase
let connection: Connection
let ctx: Context
beforeAll(async () => {
  database = await createTestDatabase()
  connection = connect(database.url, { max: 2 })
  const home = mkdtempSync(join(tmpdir(), 'makima-browsers-'))
  ctx = createContext(connection.db, readEnv({ ...process.env, MAKIMA_HOME: home }), 'browser')
})
afterAll(async () => {
  await connection.close()
  await database.close()
})

const later = (ms: number): Context => ({ ...ctx, now: () => new Date(Date.now() + ms) })
const at = (path: string) => new URL(path, 'http://127.0.0.1:4700')
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** What a browser that opens a fresh link sends from then on. */
async function signIn(from = ctx): Promise<Headers> {
  const link = await createEntryLink(from, { path: '/' })
  const entered = await enterBrowser(from, at(link.path), new Headers({ 'user-agent': FIREFOX }))
  return new Headers({ cookie: entered?.setCookie?.split(';')[0] ?? '' })
}

test('a link lets one browser in, once, and sets a cookie that no script and no other site can use', async () => {
  const link = await createEntryLink(ctx, { path: '/tasks/x?at=3' })
  const entered = await enterBrowser(ctx, at(link.path), new Headers({ 'user-agent': FIREFOX }))
  expect(entered?.path).toBe('/tasks/x?at=3')
  expect(entered?.setCookie).toMatch(
    new RegExp(`^${cookieName(ctx.env.home)}=[\\w-]{43}; Max-Age=\\d+; Path=/; HttpOnly; SameSite=Strict$`),
  )
  expect(await enterBrowser(ctx, at(link.path), new Headers())).toBeNull()
  const secure = await createEntryLink(ctx, { path: '/' })
  const https = new Headers({ 'x-forwarded-proto': 'https' })
  expect((await enterBrowser(ctx, at(secure.path), https))?.setCookie).toContain('; Secure')
})

test('of two browsers that open the same link at once, one gets in', async () => {
  const { path } = await createEntryLink(ctx, { path: '/' })
  const tries = await Promise.all(Array.from({ length: 8 }, () => enterBrowser(ctx, at(path), new Headers())))
  expect(tries.filter((one) => one !== null)).toHaveLength(1)
})

test('a link that is an hour old, cut or made up lets nobody in', async () => {
  const { path } = await createEntryLink(ctx, { path: '/' })
  expect(await enterBrowser(later(60 * 60_000 + 1), at(path), new Headers())).toBeNull()
  for (const wrong of [path.slice(0, -1), '/enter', '/enter?t=', `/enter?t=${'x'.repeat(43)}`, '/enter?t=%00']) {
    expect(await enterBrowser(ctx, at(wrong), new Headers()), wrong).toBeNull()
  }
})

test('a browser that is in already follows a used link without a new session', async () => {
  const { path } = await createEntryLink(ctx, { path: '/contracts' })
  const headers = await signIn()
  expect(await enterBrowser(ctx, at(path), headers)).toEqual({ setCookie: null, path: '/contracts' })
})

test('only hashes of what lets in are kept', async () => {
  const { path } = await createEntryLink(ctx, { path: '/' })
  const cookie = (await signIn()).get('cookie') ?? ''
  const kept = await ctx.db.execute(sql`
    select (select json_agg(l)::text from entry_links l) || (select json_agg(s)::text from browser_sessions s) as all`)
  const text = JSON.stringify(kept)
  expect(text).not.toContain(new URLSearchParams(path.split('?')[1]).get('t'))
  expect(text).not.toContain(cookie.split('=')[1])
})

test('a session is known again, listed by its browser, and shut out when it is ended', async () => {
  const headers = await signIn()
  const entered = await enter(ctx, headers, false)
  expect(entered.actor.sessionId).toBeDefined()
  const listed = await listBrowserSessions(entered)
  expect(listed.find(({ isThis }) => isThis)).toMatchObject({ browser: 'Firefox on Linux', state: 'open' })
  expect(await isStillAllowed(entered)).toBe(true)
  await endBrowserSession(ctx, { id: entered.actor.sessionId ?? '' })
  await expect(enter(ctx, headers, true)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await isStillAllowed(entered)).toBe(false)
  expect((await listBrowserSessions(entered)).some(({ isThis }) => isThis)).toBe(false)
})

test('a session lives while it is used, and ends after 90 days without', async () => {
  const headers = await signIn(later(-80 * DAY_MS))
  const entered = await enter(ctx, headers, true)
  const [view] = (await listBrowserSessions(entered)).filter(({ isThis }) => isThis)
  expect(view && view.lastUsedAt.getTime() > Date.now() - DAY_MS).toBe(true)
  const unused = await signIn(later(-91 * DAY_MS))
  await expect(enter(ctx, unused, true)).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('an API key neither lets browsers in nor shuts them out', async () => {
  const withKey = { ...ctx, actor: { ...ctx.actor, keyId: '00000000-0000-7000-8000-000000000009' } }
  await expect(createEntryLink(withKey, { path: '/' })).rejects.toMatchObject({ code: 'forbidden' })
  const id = (await enter(ctx, await signIn(), true)).actor.sessionId ?? ''
  await expect(endBrowserSession(withKey, { id })).rejects.toMatchObject({ code: 'forbidden' })
})

test('a link goes on to a page of this Makima only', () => {
  for (const path of ['/', '/tasks/x?a=1#b', '/search?q=%2F%2Fx']) expect(ownPath(path)).toBe(path)
  const elsewhere = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/\t/evil.example',
    '',
    'x',
    '/..//evil.example',
    '/ /x',
    '/%0d%0a/../..//x',
  ]
  for (const path of elsewhere)
    expect(new URL(ownPath(path), 'http://own.example').origin, path).toBe('http://own.example')
  expect(ownPath('/..//evil.example')).toBe('/')
})
