import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ensureLocalToken, isLocalToken, readLocalToken, tokenFile } from './local-token'

const makeHome = () => mkdtempSync(join(tmpdir(), 'makima-token-'))

test('a token is made once, stays over starts, and only its person may read it', () => {
  const home = makeHome()
  expect(readLocalToken(home)).toBeNull()
  const token = ensureLocalToken(home)
  chmodSync(tokenFile(home), 0o644)
  expect(ensureLocalToken(home)).toBe(token)
  expect(statSync(tokenFile(home)).mode & 0o777).toBe(0o600)
  expect(isLocalToken(home, token)).toBe(true)
})

test('what is no token, or that of another home, opens nothing', () => {
  const home = makeHome()
  const other = ensureLocalToken(makeHome())
  expect(isLocalToken(home, other)).toBe(false)
  ensureLocalToken(home)
  for (const wrong of [other, '', 'mak_local_', `${readLocalToken(home)}x`])
    expect(isLocalToken(home, wrong)).toBe(false)
})

test('a file that was spoilt opens nothing until the next start makes a new one', () => {
  const home = makeHome()
  const token = ensureLocalToken(home)
  writeFileSync(tokenFile(home), 'spoilt\n')
  expect(isLocalToken(home, 'spoilt')).toBe(false)
  expect(ensureLocalToken(home)).not.toBe(token)
  expect(readFileSync(tokenFile(home), 'utf8')).toMatch(/^mak_local_[\w-]{43}\n$/)
})

test('another token opens at once, and the one before it soon opens nothing', async () => {
  const home = makeHome()
  const before = ensureLocalToken(home)
  expect(isLocalToken(home, before)).toBe(true)
  writeFileSync(tokenFile(home), 'spoilt\n')
  const after = ensureLocalToken(home)
  expect(isLocalToken(home, after)).toBe(true)
  await sleep(600)
  expect(isLocalToken(home, before)).toBe(false)
})
