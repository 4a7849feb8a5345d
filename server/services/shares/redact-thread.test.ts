import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, test } from 'vitest'
import { redactInThread } from './redact-thread'
import { plantSecrets } from '@/server/redact/test-secrets'

const NOTHING = { keep: [], mask: [], show: [] }

test('a conversation is masked in a thread, in the order in which it was sent', async () => {
  const planted = plantSecrets(50, 5)
  const parts = planted.map(({ text }, n) => ({ text: `${n}: ${text} ${'x '.repeat(30_000)}` }))
  const { texts, findings } = await redactInThread(parts, NOTHING)
  expect(texts.map((text) => text.slice(0, text.indexOf(':')))).toEqual(parts.map((_, n) => String(n)))
  expect(findings.length).toBeGreaterThanOrEqual(50)
  for (const [n, { secret }] of planted.entries()) expect(texts[n]).not.toContain(secret)
})

test('the process goes on meanwhile', async () => {
  await redactInThread([{ text: 'warm' }], NOTHING)
  const mails = Array.from({ length: 30_000 }, (_, n) => `a${n}@host${n}.org`).join(' ')
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const started = performance.now()
  await redactInThread([{ text: mails }, { text: mails }], NOTHING)
  const took = performance.now() - started
  delay.disable()
  // In this process it would stand still for all of that time.
  expect(delay.max / 1e6).toBeLessThan(took / 2)
})

test('when who asked goes away the work ends, and the next one is done', async () => {
  const gone = new AbortController()
  const big = [{ text: 'password: "abc"\n'.repeat(400_000) }]
  const asked = redactInThread(big, NOTHING, gone.signal)
  setTimeout(() => gone.abort(), 50)
  const started = performance.now()
  await expect(asked).rejects.toThrow(/abort/i)
  expect(performance.now() - started).toBeLessThan(10_000)
  expect((await redactInThread([{ text: 'zoe@lovelace.org' }], NOTHING)).texts).toEqual(['[e-mail address]'])
})

test('what cannot be looked through is not given back', async () => {
  const broken = [{ text: 'fine' }, { text: null as unknown as string }]
  await expect(redactInThread(broken, NOTHING)).rejects.toThrow()
})
