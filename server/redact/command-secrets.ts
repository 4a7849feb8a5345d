// Passwords that programs take as words of their command line, where no name says so: -pX, -a X, -u name:X, sshpass -p X.
import { isCode, isOdd, isPlaceholder, isWordy } from './secret-values'
import type { Hit, Rule } from './rule'

/** One word of a command, quoted or not; its characters are group 1, 2 or 3. */
const WORD = `(?:"([^"\\n]{1,500})"|'([^'\\n]{1,500})'|([^\\s"'|;&<>\`]{1,500}))`
/** Words between the program and the option; never past the end of the command. */
const BETWEEN = '[^\\n|;&]{0,300}?'

type Row = readonly [programs: string, option: string]

/** The programs, and the option after which (or in which) the password stands. */
const ROWS: readonly Row[] = [
  ['sshpass', '-p ?'],
  ['mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mariadb mariadb-dump mycli', '-p'],
  ['docker podman nerdctl buildah skopeo helm oras crane', 'login[^\\n|;&]{0,200}? (?:-p|--password)[ =]'],
  ['redis-cli valkey-cli keydb-cli', '(?:-a|--pass)[ =]'],
  [
    'mongo mongosh mongodump mongorestore mongoexport mongoimport cypher-shell cqlsh clickhouse-client rdesktop ipmitool vncdo impacket',
    '-[pP] ',
  ],
  ['az gcloud oc cf kinit faas-cli rancher argocd', '(?:login[^\\n|;&]{0,200}? )?(?:-p|--password)[ =]'],
  ['sqlcmd bcp isql tsql osql ipmitool', '-P ?'],
  ['ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami', '-w '],
  ['smbclient rpcclient smbmap mount.cifs', '(?:-U|--user)[ =]?[^\\s%]{1,60}%'],
  ['xfreerdp wfreerdp', '/p:'],
  ['7z 7za 7zz unrar rar', '-p'],
  ['zip unzip', '-P '],
  ['gpg gpg2', '--passphrase[ =]'],
  ['ssh-keygen', '-[NP] '],
  ['openssl', '-(?:passin|passout|pass) pass:'],
  ['openssl', '-k '],
  ['keytool jarsigner apksigner', '-(?:storepass|keypass|srcstorepass|deststorepass)[ =]'],
  ['htpasswd', '-[a-zA-Z]{0,6}b[a-zA-Z]{0,6} \\S{1,200} \\S{1,100} '],
  ['snmpwalk snmpget', '-[AX] '],
  ['curl wget http https httpie xh', '(?:-u|--user|--proxy-user|-U|-a|--auth)[ =]?["\']?[^\\s:"\'$]{1,100}:'],
  ['curl', '(?:--oauth2-bearer|--pass)[ =]'],
  ['nmcli', 'password '],
  ['wpa_passphrase', '\\S{1,60} '],
  ['vault', '(?:login|unwrap|operator unseal) '],
  ['gh', 'secret set [^\\n|;&]{0,100}?(?:-b|--body)[ =]'],
  ['net', 'use[^\\n|;&]{0,200}? /user:\\S{1,80} '],
  ['cryptsetup veracrypt', '(?:-p|--password)[ =]'],
  ['expect', 'send '],
]

export function commandRules(): Rule[] {
  return ROWS.flatMap(([programs, option]) =>
    programs.split(' ').map((program) => {
      const escaped = program.replaceAll('.', '\\.')
      const pattern = new RegExp(`${escaped}(?:\\.exe)?[ \\t]${BETWEEN}(?<=[\\s])${option}${WORD}`, 'y')
      return {
        words: [`${program} `],
        at: (text, start, _end, found) => {
          if (/[\w.-]/.test(text.charAt(start - 1))) return
          pattern.lastIndex = start
          const match = pattern.exec(text)
          const value = match && (match[1] ?? match[2] ?? match[3])
          if (!match || !value || !isWord(value)) return
          const end = start + match[0].length - (match[3] === undefined ? 1 : 0)
          found({ start: end - value.length, end, group: 'secret', kind: 'password of a command' })
        },
      } satisfies Rule
    }),
  )
}

const isWord = (value: string) =>
  value.length >= 3 && !isPlaceholder(value) && !value.startsWith('-') && !/^[A-Z_]+$/.test(value)

/** What is said to a program that asks: `echo X | docker login --password-stdin`, `sudo -S <<< X`. */
const SAID =
  /(?:echo|printf)[ \t]{1,4}(?:-[neE]{1,3}[ \t]{1,4}|["']?%s(?:\\n)?["']?[ \t]{1,4})?(?:"([^"\n$]{3,300})"|'([^'\n]{3,300})'|([^\s"'|;&$]{3,300}))[ \t]{0,4}\|[ \t]{0,4}(?:sudo[ \t]{1,4}-S|sudo[ \t][^\n|]{0,60}-S|[^\n|;&]{0,200}(?:--password-stdin|--with-token|passwd|chpasswd|--passphrase-fd|openssl[^\n|;&]{0,60}stdin|gh[ \t]secret[ \t]set|wrangler[ \t]secret|pass[ \t]insert|fly[ \t]secrets))/y
/** `IDENTIFIED BY 'X'`, `WITH PASSWORD 'X'`, `PASSWORD('X')`. */
const SQL =
  /(?:identified[ \t\n]{1,4}(?:with[ \t]{1,4}\w{1,40}[ \t]{1,4})?by|password)(?:[ \t\n]{1,4}|[ \t]{0,2}\()'([^'\s]{3,300})'/iy
/** The header of a request that lets in, whatever its scheme. */
const AUTHORIZATION =
  /authorization\\{0,3}["'`]?\]?\s{0,4}[:=,]\s{0,4}\\{0,3}["'`]?(?:(?:bearer|basic|token|apikey|api-key|digest|negotiate|aws4-hmac-sha256|ssws|key|hmac|splunk)[ \t=]{1,4})?["']?([\w.~+/=:%|!-]{6,4000})/iy
const DIGEST = /digest[ \t][^\n]{0,500}?response=\\{0,3}"?([0-9a-f]{32,64})/iy
const BEARER = /bearer(?:[ \t]{1,4}|%20|=)["']?([\w.~+/=-]{16,4000})/iy
const COOKIE =
  /cookies?\\{0,3}["'`]?\s{0,4}[:=]\s{0,4}\\{0,3}["'`]?((?:[\w.!#$%&*+^|~-]{1,80}=[^\s;"'`\\]{0,4000};?[ \t]{0,2}){1,60})/iy
const URL = /:\/\/([^\s:/@"'<>`\\$]{0,120}):([^\s@/"'<>`\\]{1,300}(?:\/[^\s@/"'<>`\\]{0,100}){0,3})@[\w[%$-]/y
const NETRC =
  /(?:machine[ \t\n]{1,8}\S{1,200}|default)[ \t\n]{1,8}(?:login[ \t\n]{1,8}\S{1,200}[ \t\n]{1,8})?password[ \t\n]{1,8}(\S{1,300})/y
const SPOKEN =
  /(?:password|passphrase|passwort|api key|token|secret)(?:[ \t](?:for|of|to)[ \t][\w .@-]{1,40}?)?[ \t](?:is|was|lautet|ist)[ \t]{1,2}["'`*]{0,2}([^\s"'`*]{6,200})/iy
const PHRASE =
  /(?:mnemonic|seed phrase|recovery phrase|seed words|secret phrase|backup phrase)[^\n:=]{0,40}[:=]\s{0,4}["'`]?((?:[a-z]{3,8}[ \t,]{1,2}){11,24}[a-z]{3,8})/iy

/** Group 1 is the secret; `check` says whether it is one. */
function worded(words: string[], kind: string, pattern: RegExp, check: (value: string) => boolean): Rule {
  return {
    words,
    at: (text, start, _end, found) => {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      const value = match && match.slice(1).find((group) => group !== undefined)
      if (!match || !value) return
      const trimmed = value.replace(/[.,;:!?)\]}]+$/, '')
      if (!check(trimmed)) return
      const at = start + match[0].lastIndexOf(value)
      found({ start: at, end: at + trimmed.length, group: 'secret', kind })
    },
  }
}

const isValue = (value: string) => !isPlaceholder(value) && !isCode(value)

export const SENTENCE_RULES: readonly Rule[] = [
  worded(['echo ', 'printf '], 'password of a command', SAID, (value) => !isPlaceholder(value)),
  worded(['identified', 'password'], 'password', SQL, (value) => !isPlaceholder(value)),
  worded(
    ['authorization'],
    'authorization header',
    AUTHORIZATION,
    (value) => isValue(value) && (isOdd(value) || !isWordy(value)),
  ),
  worded(['digest '], 'authorization header', DIGEST, () => true),
  worded(['bearer'], 'bearer token', BEARER, (value) => isValue(value) && /\d/.test(value)),
  worded(['machine ', 'machine\n', 'default '], 'password', NETRC, (value) => !isPlaceholder(value)),
  worded(
    ['password', 'passphrase', 'passwort', 'api key', 'token', 'secret'],
    'password or key',
    SPOKEN,
    (value) => isValue(value) && isOdd(value),
  ),
  worded(
    ['mnemonic', 'seed phrase', 'recovery phrase', 'seed words', 'secret phrase', 'backup phrase'],
    'recovery phrase',
    PHRASE,
    () => true,
  ),
  { words: ['://'], at: urlPassword },
  { words: ['cookie'], at: cookies },
  { words: [':5432:', ':3306:', ':1521:', ':6432:', ':5433:', ':27017:', ':*:'], at: savedPassword },
]

function urlPassword(text: string, start: number, _end: number, found: (hit: Hit) => void): void {
  URL.lastIndex = start
  const match = URL.exec(text)
  const [whole, name = '', value = ''] = match ?? []
  if (!whole || isPlaceholder(value) || /^(?:pass(?:word)?|pw|secret|token|user|xxx+|\d{1,5})$/i.test(value)) return
  const at = start + 3 + name.length + 1
  found({ start: at, end: at + value.length, group: 'secret', kind: 'password in a URL' })
}

/** Every value of a cookie header that could let somebody in. */
function cookies(text: string, start: number, _end: number, found: (hit: Hit) => void): void {
  COOKIE.lastIndex = start
  const match = COOKIE.exec(text)
  if (!match) return
  let at = start + match[0].length - (match[1] as string).length
  for (const part of (match[1] as string).split(';')) {
    const value = part.slice(part.indexOf('=') + 1).trimEnd()
    const from = at + part.indexOf('=') + 1
    at += part.length + 1
    if (
      value.length < 8 ||
      isPlaceholder(value) ||
      isCode(value) ||
      !/\d/.test(value) ||
      /^\d{4}-\d\d|^\d+$/.test(value)
    )
      continue
    if (/^\s*(?:path|domain|expires|max-age|samesite|version)\s*=/i.test(part)) continue
    found({ start: from, end: from + value.length, group: 'secret', kind: 'cookie' })
  }
}

/** A line of a file of saved passwords (`.pgpass`): host, port, database, user, password. */
function savedPassword(text: string, start: number, end: number, found: (hit: Hit) => void): void {
  const host = /[\w.*-]{1,120}$/.exec(text.slice(Math.max(0, start - 120), start))
  if (!host && !/[*\w]/.test(text.charAt(start - 1))) return
  const rest = /^([^:\s]{1,100}):([^:\s]{1,100}):([^\s"'`]{3,300})/.exec(text.slice(end, end + 600))
  if (!rest || isPlaceholder(rest[3] as string)) return
  const at = end + (rest[1] as string).length + 1 + (rest[2] as string).length + 1
  found({ start: at, end: at + (rest[3] as string).length, group: 'secret', kind: 'password' })
}
