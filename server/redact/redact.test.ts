import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Choices, redact } from './redact'
import { PLANTED_KINDS, plantSecrets } from './test-secrets'

const NOTHING: Choices = { keep: [], mask: [], show: [] }
const maskAll = (texts: string[], choices: Partial<Choices> = {}) =>
  redact(
    texts.map((text) => ({ text })),
    { ...NOTHING, ...choices },
  ).texts

/** The longest part of the secret that can still be read, with the marks of lines and of colours taken out. */
function partLeft(secret: string, shown: string): string {
  const plain = shown.replaceAll(/\s+\d*→?|[^\x20-\x7e]/g, '')
  for (let at = 0; at + 8 <= secret.length; at++)
    if (plain.includes(secret.slice(at, at + 8))) return secret.slice(at, at + 8)
  return ''
}

/** Where a secret can stand, and how it can be disguised. */
const PLACES: Record<string, (text: string, secret: string) => string> = {
  'in prose': (text) => `Here it is: ${text} and so on.`,
  'on a line of its own': (text) => `first line\n${text}\nlast line`,
  'after a tab': (text) => `value\t${text}\t`,
  'in a comment': (text) => `const x = 1\n// ${text}\n`,
  'in JSON': (text) => JSON.stringify({ output: `one\n${text}\ntwo` }),
  'in JSON in JSON': (text) => JSON.stringify({ output: JSON.stringify({ stdout: `one\n${text}\ntwo` }) }),
  'in colours': (text, secret) =>
    text.replace(secret, () => `\u001b[01;31m\u001b[K${secret.slice(0, 3)}\u001b[m\u001b[K${secret.slice(3)}\u001b[0m`),
  'in escaped colours': (text, secret) =>
    JSON.stringify({
      out: `x\n${text.replace(secret, () => `\u001b[31m${secret.slice(0, 5)}\u001b[0m${secret.slice(5)}`)}`,
    }),
  'with invisible signs': (text, secret) =>
    text.replace(secret, () => `${secret.slice(0, 4)}\u200b${secret.slice(4, 9)}\u2060\u00ad${secret.slice(9)}`),
  'in a diff': (text) => text.replaceAll(/^/gm, '+'),
}

for (const [place, disguise] of Object.entries(PLACES)) {
  test(`of ${PLANTED_KINDS * 2} planted secrets of ${PLANTED_KINDS} kinds none is left ${place}`, () => {
    const planted = plantSecrets(PLANTED_KINDS * 2, place.length)
    const left = planted.flatMap(({ kind, text, secret }) => {
      const [shown = ''] = maskAll([disguise(text, secret)])
      const part = partLeft(secret.split('\n').at(-1) ?? '', shown)
      return part === '' ? [] : [`${kind}: ${shown.slice(0, 160)}`]
    })
    expect(left).toEqual([])
  })

  test(`strings of a tool's input are looked at one by one: nothing is left ${place}`, () => {
    const planted = plantSecrets(PLANTED_KINDS, place.length + 1)
    const left = planted.flatMap(({ kind, text, secret }) => {
      const input = JSON.stringify({ file_path: '.env', content: `NODE_ENV=x\n${disguise(text, secret)}\n` }, null, 2)
      const [shown = ''] = redact([{ text: input, isJson: true }], NOTHING).texts
      JSON.parse(shown)
      return partLeft(secret.split('\n').at(-1) ?? '', shown) === '' ? [] : [`${kind}: ${shown.slice(0, 160)}`]
    })
    expect(left).toEqual([])
  })
}

/** Those that begin in a way of their own are found without a word about them, and so also in pieces. */
const PIECES: Record<string, (secret: string) => string> = {
  'wrapped at the edge of a terminal': (secret) => `$ cat key\n${secret.slice(0, 17)}\n${secret.slice(17)}\n$ `,
  'wrapped, with colours': (secret) => `\u001b[32m${secret.slice(0, 9)}\n\u001b[32m${secret.slice(9)}\u001b[0m`,
  'with the numbers of lines': (secret) => `     1→key:\n     2→${secret.slice(0, 15)}\n     3→${secret.slice(15)}`,
  'continued with a backslash': (secret) => `run ${secret.slice(0, 15)}\\\n${secret.slice(15)} now`,
  'put together from strings': (secret) => `const key = "${secret.slice(0, 14)}" + "${secret.slice(14)}"`,
  'put together in two lines': (secret) => `key = ("${secret.slice(0, 14)}"\n       "${secret.slice(14)}")`,
  'encoded for an address': (secret) =>
    `https://x.internal/?q=${encodeURIComponent(`a b=${secret}`).replaceAll('_', '%5F').replaceAll('-', '%2D')}`,
  'in base64 with its name': (secret) => `value: ${Buffer.from(`API_TOKEN=${secret}`).toString('base64')}`,
  'as entities of HTML': (secret) =>
    secret
      .split('')
      .map((letter, n) => (n % 5 === 0 ? `&#${letter.charCodeAt(0)};` : letter))
      .join(''),
  'with escapes of Markdown': (secret) => secret.replaceAll('_', '\\_').replaceAll('-', '\\-'),
  'in full width': (secret) =>
    secret
      .split('')
      .map((letter, n) => (n % 4 === 0 ? String.fromCharCode(letter.charCodeAt(0) + 0xfee0) : letter))
      .join(''),
}

for (const [place, disguise] of Object.entries(PIECES)) {
  test(`a token is found ${place}`, () => {
    const planted = plantSecrets(PLANTED_KINDS * 3, 40 + place.length).filter(
      ({ text, secret }) =>
        text === secret &&
        /^(?:gh[ps]_|github_pat|sk[-_]|xox|npm_|glpat|figd|nvapi|pcsk|pul-|hf_|rubygems|eyJ|dop_|CCIPAT)/.test(text),
    )
    expect(planted.length).toBeGreaterThan(30)
    const left = planted.filter(({ secret }) => {
      const disguised = disguise(secret)
      const [shown = ''] = maskAll([disguised])
      // Of the disguised text no piece of the token may stand either.
      const pieces = disguised
        .split(/[^\w.\\&#;+=\uff00-\uffff-]+/)
        .filter((piece) => piece.length >= 12 && !piece.includes('x.internal'))
      return partLeft(secret, shown) !== '' || pieces.some((piece) => shown.includes(piece))
    })
    expect(left.map(({ kind, secret }) => `${kind}: ${maskAll([disguise(secret)])[0]}`)).toEqual([])
  })
}

test('a secret is masked wherever it stands, also where nothing says that it is one, and in other spellings', () => {
  const key = 'Zk3xPq9vLm2Wn8Rt'
  const [first, second, third, fourth] = maskAll([
    `token = "${key}"`,
    `Then I sent ${key} on.`,
    `x${Buffer.from(`{"a":"${key}"}`).toString('base64')}`.slice(1),
    `${key.slice(0, 6)}\u200b${key.slice(6)}`,
  ])
  expect(first).toBe('token = "[password or key]"')
  expect(second).toBe('Then I sent [password or key] on.')
  expect(Buffer.from(third ?? '', 'base64').toString()).not.toContain(key.slice(4, 12))
  expect(fourth).toBe('[password or key]')
})

test('what was masked once is masked again, in the same texts and beside a copy of them', () => {
  const value = Buffer.from('bluebird').toString('base64')
  const yaml = `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  first: ${value}\n`
  for (let time = 0; time < 3; time++) {
    const { texts } = redact([{ text: yaml }, { text: yaml }], NOTHING)
    for (const text of texts) expect(text).not.toContain(value)
  }
})

test('of the lines of a file of settings each is masked by itself', () => {
  const [{ secret } = { secret: '' }] = plantSecrets(1, 9)
  expect(maskAll([`DB_PASSWORD=correcthorse\nAWS_ACCESS_KEY_ID=${secret}\nPORT=8080a1\nNAME=x`])).toEqual([
    'DB_PASSWORD=[password]\nAWS_ACCESS_KEY_ID=[AWS access key]\nPORT=8080a1\nNAME=x',
  ])
})

test('a short password is masked where it is one, and the word stays elsewhere', () => {
  expect(maskAll(['password: "spring" was set in spring.'])).toEqual(['password: "[password]" was set in spring.'])
})

test('placeholders, types, references and calls are no secrets', () => {
  const texts = [
    'password: string',
    'token: str = None',
    'const token = process.env.API_TOKEN',
    'password = os.environ["DB_PASSWORD"]',
    'API_KEY=<your-key>',
    'API_TOKEN=${TOKEN}',
    'DB_PASSWORD=xxxxxxxx',
    'password=changeme',
    '--password <password>',
    'token = tokenizer.next(input)',
    'const secret = await readSecret(path)',
    'max_tokens: 4096',
    'The token is invalid.',
    'primary_key = user_id2',
    'password: z.string().min(8)',
    'commit 9f5726d4c1e2a3b4c5d6e7f8a9b0c1d2e3f4a5b6',
    '"integrity": "sha512-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb3dEf6hIj9kLm2nOp5qRs8tUv1wXy4zAb3dEf6hIj9kLm2nOp5qRs=="',
    'toolu_01AbCdEfGhIjKlMnOpQrStUv and v1.2.3.4 of Chrome/120.0.0.0',
    '127.0.0.1:3000 and 0.0.0.0 and ::1 and std::vector at 12:30:45',
  ]
  expect(maskAll(texts)).toEqual(texts)
})

test('what is personal is masked, each group by itself, and can be shown after all', () => {
  const said: Record<string, [string, string[]]> = {
    email: [
      'Write to ada@lovelace.org, grace%40hopper.net, alan (at) turing.org or kurt at goedel dot org',
      ['lovelace', 'hopper', 'turing', 'goedel'],
    ],
    home: [
      '/home/zoe/x /Users/zoe/y C:\\Users\\zoe\\z /mnt/c/Users/zoe/a /var/home/zoe %2Fhome%2Fzoe%2Fb ~/.claude/projects/-home-zoe-work "\\/home\\/zoe\\/c"',
      ['zoe'],
    ],
    account: [
      'drwxr-xr-x 2 bertil bertil 4096 May  1 10:00 src\nuid=1000(bertil) gid=1000(bertil)\n$ whoami\nbertil\nUSER=bertil',
      ['bertil'],
    ],
    host: ['mona@thinkpad7:~/work$ ls\n[mona@thinkpad7 work]$ ls\nssh mona@build9.corp', ['thinkpad7', 'build9']],
    phone: ['Call +49 30 901820, +1 (415) 555-2671, 415-555-2671 or phone: 0171 2345678', ['901820', '555', '2345678']],
    address: ['from 203.0.113.77 and 10.1.2.3 to 2001:db8:85a3::8a2e:370:7334', ['203.0', '10.1.2', '2001:db8']],
    bank: ['IBAN DE89 3704 0044 0532 0130 00 or GB82WEST12345698765432', ['3704', 'WEST']],
    card: ['4111 1111 1111 1111, 5500005555555559 and 378282246310005', ['4111', '5500005', '378282']],
  }
  for (const [group, [text, words]] of Object.entries(said)) {
    const [masked = ''] = maskAll([text])
    for (const word of words) expect(masked, group).not.toContain(word)
    const [shown = ''] = maskAll([text], { show: [group as 'email', 'account'] })
    for (const word of words.slice(0, 1)) expect(shown, `${group} shown`).toContain(word)
  }
  const numbers = [
    'order 4111 1111 1111 1112',
    'IBAN DE89 3704 0044 0532 0130 01',
    'git@github.com:a/b',
    'see 1.2.3.4 of the manual, 20240101',
  ]
  expect(maskAll(numbers)).toEqual(numbers)
})

test('home folders of the same beginning are told apart; an account that a home folder tells is masked as a word', () => {
  expect(
    maskAll([
      'cd /home/zoe/work and /home/zoey/x, /home/runner/x, https://site.org/home/page',
      'zoe has it, zoey has it, zoes has none; noreply@anthropic.com you@example.org',
    ]),
  ).toEqual([
    'cd ~/work and ~/x, /home/runner/x, https://site.org/home/page',
    '[account name] has it, [account name] has it, zoes has none; noreply@anthropic.com you@example.org',
  ])
})

test('the answer to whoami is an account', () => {
  const { texts } = redact([{ text: 'bertil\n', asked: 'cd x && whoami' }, { text: 'bertil did it' }], NOTHING)
  expect(texts).toEqual(['[account name]\n', '[account name] did it'])
})

test('words of one’s own are masked as they read, through Markdown and line ends', () => {
  const mask = ['the blue bird', 'codename']
  expect(maskAll(['See **the** `blue`\nbird, codenames and [codename](https://x.org).'], { mask })).toEqual([
    'See **[masked], [masked]s and [[masked]](https://x.org).',
  ])
})

test('fields of an input that are named after a secret, lists of words of a command, numbers and names of fields', () => {
  const input = {
    env: { DB_PASSWORD: 'plainword', MODE: 'plainmode' },
    headers: [{ name: 'X-Api-Key', value: 'abcdefgh1' }],
    argv: ['deploy', '--password', 'plainword2', '--verbose'],
    card: 4111111111111111,
    'zed@lovelace.org': true,
    count: 12,
  }
  const [text = ''] = redact([{ text: JSON.stringify(input, null, 2), isJson: true }], NOTHING).texts
  for (const word of ['plainword', 'abcdefgh1', '4111', 'zed@']) expect(text).not.toContain(word)
  expect(JSON.parse(text)).toMatchObject({
    env: { MODE: 'plainmode' },
    count: 12,
    argv: ['deploy', '--password', expect.any(String), '--verbose'],
  })
})

test('a deep or broken input is masked as well', () => {
  const [{ secret } = { secret: '' }] = plantSecrets(1, 3)
  const deep = `${'['.repeat(50_000)}"${secret}"${']'.repeat(50_000)}`
  for (const text of [deep, `{"a": "${secret}`, `{"a": "${secret}\\u00"}`]) {
    expect(redact([{ text, isJson: true }], NOTHING).texts[0]).not.toContain(secret)
  }
})

test('each finding is told once with how often it stands; what is kept is shown, and then what lies in it is told', () => {
  const [{ secret } = { secret: '' }] = plantSecrets(1, 3)
  const parts = [{ text: `${secret} ${secret}` }, { text: `again ${secret}` }]
  const { findings } = redact(parts, NOTHING)
  expect(findings).toMatchObject([{ group: 'secret', kind: 'AWS access key', count: 3, masked: true }])
  expect(findings[0]?.sample).toBe(`${secret.slice(0, 6)}…`)
  const kept = redact(parts, { ...NOTHING, keep: findings.map(({ id }) => id) })
  expect(kept.texts[1]).toBe(`again ${secret}`)
  expect(kept.findings).toMatchObject([{ count: 3, masked: false }])
})

test('fewer than one in ten thousand ordinary words is masked', () => {
  const folders = ['server/git', 'server/services', 'server/transcripts', 'server/worker', 'components', 'db', 'bench']
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.'))
      .map((file) => `${folder}/${file}`),
  )
  const texts = ['README.md', 'CHANGELOG.md', 'package-lock.json', ...files].map((file) => readFileSync(file, 'utf8'))
  const { findings } = redact(
    texts.map((text) => ({ text })),
    NOTHING,
  )
  const words = texts.join(' ').split(/\s+/).length
  const masked = findings.reduce((sum, { count }) => sum + count, 0)
  expect(words).toBeGreaterThan(80_000)
  expect(masked / words, findings.map(({ kind, sample }) => `${kind} ${sample}`).join('\n')).toBeLessThan(1 / 10_000)
})

test('the time grows with the text and the findings, not with their product, also for texts made to be slow', () => {
  const mails = Array.from({ length: 60_000 }, (_, n) => `a${n}@host${n}.org`).join(' ')
  const slow = [
    `${'a'.repeat(200_000)}@`,
    '-----BEGIN RSA PRIVATE KEY-----\n'.repeat(6_000),
    'eyJ'.repeat(60_000),
    `password${' '.repeat(200_000)}=`,
    'token='.repeat(30_000),
    'kind: Secret\n'.repeat(16_000),
    `https://${'a'.repeat(200_000)}:`,
    '%2F'.repeat(60_000),
    '\\n'.repeat(100_000),
    'a1\n'.repeat(60_000),
    'cookie: a=b;'.repeat(16_000),
    '@'.repeat(200_000),
    '1 '.repeat(100_000),
    '" + "'.repeat(40_000),
    '\u001b]'.repeat(100_000),
  ]
  const started = performance.now()
  const { findings } = redact(
    [mails, ...slow].map((text) => ({ text })),
    NOTHING,
  )
  expect(findings.filter(({ group }) => group === 'email')).toHaveLength(60_000)
  // What is quadratic takes minutes; the machine may be busy.
  expect(performance.now() - started).toBeLessThan(30_000)
})
