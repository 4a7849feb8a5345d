// Which names of variables, fields, headers and options say that their value is a secret.

export type NameKind = 'password' | 'token' | 'key'

/** The words by which a name is found at all. */
export const NAME_WORDS = [
  'passw',
  'passphrase',
  'passcode',
  'passwort',
  'kennwort',
  'contrase',
  'senha',
  'motdepasse',
  'mot_de_passe',
  'pwd',
  'pw',
  'pass',
  'secret',
  'token',
  'key',
  'credential',
  'creds',
  'auth',
  'cookie',
  'session',
  'signature',
  'jwt',
  'bearer',
  'mnemonic',
  'connectionstring',
  'connection_string',
] as const

const PASSWORD = new Set(
  'password passwd passwrd passphrase passcode passwort kennwort contrasena contraseña senha motdepasse pwd pass pw userpass dbpass dbpassword rootpassword pgpassword mypwd storepass keypass sshpass requirepass masterauth masterpass bindpw rootpw adminpw psk passkey secretkey'.split(
    ' ',
  ),
)
const TOKEN = new Set(
  'secret token credential credentials creds authtoken accesstoken refreshtoken idtoken bearertoken apitoken jwt bearer clientsecret appsecret sharedsecret accesssecret apisecret consumersecret secrettoken webhooksecret sessiontoken sessionsecret auth authorization cookie otp pepper signature sig mnemonic presharedkey privatekey sharedaccesskey accountkey'.split(
    ' ',
  ),
)
const KEY = new Set(
  'key apikey appkey accesskey authkey secretaccesskey masterkey encryptionkey signingkey licensekey'.split(' '),
)
/** A key is one only with such a word before it. */
const KEY_BEFORE = new Set(
  'api app application access secret private auth authentication encryption encrypt crypto cipher signing sign master license licence account storage service session admin shared subscription deploy webhook write read rest consumer root jwt hmac aes rsa des client server user integration ingest ingestion functions function host maps billing payment stripe openai anthropic google azure aws gemini mistral cohere groq github gitlab slack sendgrid mailgun mailchimp twilio datadog newrelic sentry algolia pinecone supabase firebase heroku cloudflare vercel netlify digitalocean npm pypi docker jenkins circleci jira confluence notion airtable linear figma hubspot zendesk intercom segment mixpanel amplitude posthog dropbox box telegram discord facebook twitter shopify square paypal braintree plaid okta auth0 clerk vault consul snyk sonar grafana kibana elastic elasticsearch opensearch meilisearch typesense redis mongo mysql postgres database db smtp mail email sms ftp ssh ssl tls wifi wpa wireguard preshared bot telegram binance coinbase kraken kucoin bittrex etherscan infura alchemy moralis tmdb omdb weather openweather news rapidapi mapbox here tomtom twitch spotify youtube flickr'.split(
    ' ',
  ),
)
/** What may stand after: the value is still the secret. */
const HARMLESS_ENDS = new Set(
  'base prod production dev development test testing stage staging live sandbox old new current next previous prev value val base64 b64 plain plaintext raw string str text env default main primary secondary backup root admin user app db id1 confirm confirmation repeat again'.split(
    ' ',
  ),
)

/** The words of a name, small: `dbPassword`, `DB_PASSWORD`, `db-password` and `db.password` are all two. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-zñ\d]+/)
    .filter((word) => word !== '')
}

const known = new Map<string, NameKind | null>()
const MOST_KNOWN = 50_000

/** Null for a name that says nothing (`tokenCount`, `primary_key`, `password_field`). */
export function nameKind(name: string): NameKind | null {
  let kind = known.get(name)
  if (kind === undefined) {
    kind = judge(name)
    if (known.size > MOST_KNOWN) known.clear()
    known.set(name, kind)
  }
  return kind
}

function judge(name: string): NameKind | null {
  const words = wordsOf(name)
  while (words.length > 1 && (HARMLESS_ENDS.has(words.at(-1) as string) || /^\d+$/.test(words.at(-1) as string)))
    words.pop()
  const last = (words.at(-1) ?? '').replace(/\d+$/, '')
  const before = words.at(-2) ?? ''
  if (before === 'public' || before === 'csrf' || before === 'xsrf' || last === '') return null
  if (PASSWORD.has(last)) return before === 'by' || before === 'one' ? null : 'password'
  if (TOKEN.has(last)) return isOtherToken(last, before) ? null : 'token'
  if (last === 'string' && before === 'connection') return 'token'
  if (KEY.has(last)) return last !== 'key' || KEY_BEFORE.has(before) ? 'key' : null
  // Written in one word: mysqlpassword, githubtoken, openaiapikey.
  if (/(?:password|passwd|passphrase|passwort)$/.test(last)) return 'password'
  if (/(?:secret|token)$/.test(last) && last.length < 24) return 'token'
  return /(?:api|access|private|secret)key$/.test(last) ? 'key' : null
}

const isOtherToken = (last: string, before: string): boolean =>
  (last === 'token' &&
    /^(?:max|min|next|page|cancel|cancellation|abort|continuation|cursor|syntax|peek|eof|sync|stop|unk|pad|bos|eos|mask|sep|cls|special|lexer|prev|last|first|start|end|per|design|css|theme|close|open)$/.test(
      before,
    )) ||
  (last === 'auth' && before !== '' && !/^(?:docker|registry|npm|basic|proxy|master)$/.test(before)) ||
  (last === 'signature' && /^(?:type|function|method|call|string|index|construct)$/.test(before))
