import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createMask } from './mask'
import { scanTexts } from './scan'
import { PLANTED_KINDS, plantSecrets } from './test-secrets'

const maskAll = async (texts: string[]) => {
  const mask = createMask(await scanTexts(texts))
  return texts.map(mask)
}

test('of 308 planted secrets of 44 kinds none is left, in prose, in code and inside JSON', async () => {
  expect(PLANTED_KINDS).toBeGreaterThanOrEqual(40)
  const planted = plantSecrets(PLANTED_KINDS * 7)
  const texts = planted.map(({ text }, n) =>
    n % 3 === 0
      ? `Here it is: ${text} and so on.`
      : n % 3 === 1
        ? `const x = 1 // ${text}\n`
        : JSON.stringify({ output: text }),
  )
  const masked = await maskAll(texts)
  const left = planted.filter(
    ({ secret }, n) =>
      masked[n]?.includes(secret.slice(0, 40)) || masked[n]?.includes(JSON.stringify(secret).slice(1, 30)),
  )
  expect(left.map(({ kind, text }) => `${kind}: ${text.slice(0, 60)}`)).toEqual([])
})

test('a secret is masked wherever it stands, also where nothing says that it is one', async () => {
  const [secret] = plantSecrets(1, 7)
  const key = 'Zk3xPq9vLm2Wn8Rt'
  const [first, second] = await maskAll([`token = "${key}"`, `Then I sent ${key} on, and ${secret?.secret} too.`])
  expect(first).toBe('token = "[password or key]"')
  expect(second).toBe('Then I sent [password or key] on, and [AWS access key] too.')
})

test('a short password is masked where it is one, and the word stays elsewhere', async () => {
  const [masked] = await maskAll(['password: "spring" was set in spring.'])
  expect(masked).toBe('password: "[password or key]" was set in spring.')
})

test('home folders and e-mail addresses are masked, but not those that are nobody’s', async () => {
  const said = [
    'cd /home/ada/work and /home/adam/x, C:\\Users\\Ada\\x, ~/.claude/projects/-Users-ada-work',
    'Ada Lovelace <ada@lovelace.org>, git@github.com:a/b, noreply@anthropic.com, you@example.org, /home/runner/x',
  ]
  expect(await maskAll(said)).toEqual([
    'cd ~/work and ~/x, ~\\x, ~/.claude/projects/-home-work',
    'Ada Lovelace <[e-mail address]>, git@github.com:a/b, noreply@anthropic.com, you@example.org, /home/runner/x',
  ])
})

test('of words that hold, begin or follow one another the longest is masked, and nothing of another', () => {
  const secret = (value: string) => ({ group: 'secret' as const, kind: 'key', value, context: null })
  const home = { group: 'home' as const, kind: 'home folder', value: '/home/ada', context: null }
  const words = ['abcdef', 'abcdefghi', 'cdefgh12', 'a+b(c)*', 'b', 'line\nend "x"'].map(secret)
  const mask = createMask([...words, home])
  expect(mask('abcdefghi abcdefg abcdefgh12 abcdeb a+b(c)* a+b(c)')).toBe(
    '[key] [key]g [key]gh12 a[key]cde[key] [key] a+[key](c)',
  )
  expect(mask('/home/adam /home/ada /home/ada/src /home/ad')).toBe('/home/adam ~ ~/src /home/ad')
  expect(mask(JSON.stringify({ text: 'line\nend "x"!' }))).toBe('{"text":"[key]!"}')
  expect(mask('nothing of it')).toBe('nothing of it')
})

test('fewer than one in a thousand ordinary words is masked', async () => {
  const files = [
    'README.md',
    'CHANGELOG.md',
    'server/services/history-list.ts',
    'server/git/repository.ts',
    'db/schema.ts',
  ]
  const texts = files.map((file) => readFileSync(file, 'utf8'))
  const masked = await maskAll(texts)
  const words = texts.join(' ').split(/\s+/).length
  const changed = texts.flatMap((text, n) => {
    const after = new Set(masked[n]?.split(/\s+/))
    return text.split(/\s+/).filter((word) => !after.has(word))
  })
  expect(words).toBeGreaterThan(5_000)
  expect(changed.length / words, changed.slice(0, 20).join(' ')).toBeLessThan(1 / 1_000)
})

test('each finding is told once with how often it stands', async () => {
  const [{ secret } = { secret: '' }] = plantSecrets(1, 3)
  const found = await scanTexts([`${secret} ${secret}`, `again ${secret}`])
  expect(found).toMatchObject([{ group: 'secret', value: secret, count: expect.any(Number) }])
  expect(found[0]?.count).toBe(3)
})

test('a text made to be slow for a scanner takes no longer than others', async () => {
  const started = performance.now()
  await scanTexts([
    `${'a'.repeat(200_000)}@`,
    '-----BEGIN '.repeat(20_000),
    'eyJ'.repeat(60_000),
    `password${' '.repeat(100_000)}=`,
    `${'x.'.repeat(100_000)}@y`,
    `https://${'a'.repeat(100_000)}:`,
  ])
  // Half a minute is what an exponential pattern would not come near to; the machine may be busy.
  expect(performance.now() - started).toBeLessThan(30_000)
})
