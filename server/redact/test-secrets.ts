// Invented secrets in the shapes of real ones, for tests and figures. Nothing here opens anything.
import { MORE_SHAPES } from './test-secret-shapes'

const SETS = {
  a: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  h: '0123456789abcdef',
  d: '0123456789',
  b: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  s: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_',
  l: 'abcdefghijklmnopqrstuvwxyz',
}

/** `{a20}`: 20 characters of the set `a`. What stands between `«` and `»` is the secret, else all of it is. */
const SHAPES: Record<string, string> = {
  'AWS access key': 'AKIA{u16}',
  'AWS secret key': 'aws_secret_access_key = «{b40}»',
  'GitHub token': 'ghp_{a36}',
  'GitHub fine-grained token': 'github_pat_{a22}_{a59}',
  'GitLab token': 'glpat-{a20}',
  'Slack bot token': 'xoxb-{d12}-{d12}-{a24}',
  'Slack webhook': 'https://hooks.slack.com/services/T{u8}/B{u8}/{a24}',
  'Discord webhook': 'https://discord.com/api/webhooks/{d18}/{a68}',
  'Stripe key': 'sk_live_{a24}',
  'Stripe webhook': 'whsec_{a32}',
  'Anthropic key': 'sk-ant-api03-{a90}AA',
  'OpenAI key': 'sk-proj-{a48}',
  'Google API key': 'AIza{a35}',
  'Google OAuth secret': 'GOCSPX-{a28}',
  'JSON web token': 'eyJ{a40}.eyJ{a80}.{a43}',
  'private key': '-----BEGIN RSA PRIVATE KEY-----\n{b64}\n{b64}\n-----END RSA PRIVATE KEY-----',
  'private key that is cut': '-----BEGIN OPENSSH PRIVATE KEY-----\n{b64}\n{b40}',
  'npm token': 'npm_{a36}',
  'PyPI token': 'pypi-AgEIcHlwaS5vcmc{a60}',
  'Docker token': 'dckr_pat_{a27}',
  'SendGrid key': 'SG.{a22}.{a43}',
  'Twilio key': 'SK{h32}',
  'Mailgun key': 'key-{h32}',
  'Mailchimp key': '{h32}-us12',
  'Telegram token': '{d10}:AA{a33}',
  'DigitalOcean token': 'dop_v1_{h64}',
  'Shopify token': 'shpat_{h32}',
  'Linear key': 'lin_api_{a40}',
  'Notion token': 'ntn_{a46}',
  'Hugging Face token': 'hf_{a34}',
  'Replicate token': 'r8_{a37}',
  'Groq key': 'gsk_{a52}',
  'Databricks token': 'dapi{h32}',
  'Vault token': 'hvs.{a24}',
  'Azure storage key': 'AccountName=x;AccountKey=«{b86}==»;',
  'Grafana token': 'glsa_{a32}_{h8}',
  'Postman key': 'PMAK-{h24}-{h34}',
  'age secret key': 'AGE-SECRET-KEY-1{u58}',
  'password in a URL': 'postgres://app:«{s18}»@db.internal:5432/app',
  'authorization header': 'Authorization: Bearer «{a48}»',
  'password of a command': 'curl -u admin:«{a14}» https://api.internal',
  'quoted password': 'password: "«{a16}»"',
  'variable of the environment': 'export SERVICE_API_KEY=«{h40}»',
  'key in JSON': '"client_secret": "«{a32}9»"',
  ...MORE_SHAPES,
}

export type PlantedSecret = { kind: string; text: string; secret: string }

/** `count` secrets, all kinds in turn; the same for the same seed. */
export function plantSecrets(count: number, seed = 1): PlantedSecret[] {
  let state = seed
  const next = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const kinds = Object.entries(SHAPES)
  return Array.from({ length: count }, (_, index) => {
    const [kind, shape] = kinds[index % kinds.length] as [string, string]
    const filled = shape.replace(/\{(\w)(\d+)\}/g, (_, set: keyof typeof SETS, length: string) =>
      Array.from({ length: Number(length) }, () => SETS[set][next(SETS[set].length)]).join(''),
    )
    const [, secret] = /«([^]*)»/.exec(filled) ?? [null, filled]
    return { kind, text: filled.replace(/[«»]/g, ''), secret: secret as string }
  })
}

export const PLANTED_KINDS = Object.keys(SHAPES).length
