// Personal data that names a person or a machine: e-mail addresses, home folders, accounts and hosts.
import { isAlphanumeric, type Hit, type Rule } from './rule'

type Found = (hit: Hit) => void

const ADDRESS = /[A-Za-z0-9._%+-]{1,64}(?:@|%40)(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![A-Za-z0-9])/y
const SPELLED =
  /[A-Za-z0-9._+-]{1,64}[ \t]{0,2}[([{<][ \t]{0,2}at[ \t]{0,2}[)\]}>][ \t]{0,2}[A-Za-z0-9-]{1,63}(?:(?:\.|[ \t]{0,2}[([{<]?[ \t]{0,1}dot[ \t]{0,1}[)\]}>]?[ \t]{0,2})[A-Za-z0-9-]{1,63}){1,4}/iy
const IN_WORDS = /[A-Za-z0-9._+-]{1,64} at [A-Za-z0-9-]{2,63} dot [A-Za-z]{2,24}(?: dot [A-Za-z]{2,10})?(?![A-Za-z])/iy
/** Addresses of programs and of examples are nobody's. */
const NOBODY =
  /^(?:git|hg|svn|noreply|no-reply|[\w.+-]{0,60}noreply)(?:@|%40)|(?:@|%40)(?:[\w-]{1,60}\.){0,3}(?:example|test|invalid|localhost)(?:\.\w{2,10})?$|\.(?:png|jpe?g|svg|gif|webp|js|ts|tsx|css|json|md|py|so|dll)$/i
const isAddressPart = (code: number) =>
  isAlphanumeric(code) || code === 46 || code === 95 || code === 37 || code === 43 || code === 45

function address(text: string, at: number, _end: number, found: Found): void {
  let start = at
  while (start > 0 && at - start < 64 && isAddressPart(text.charCodeAt(start - 1))) start--
  // What is encoded before it (`%3Aada%40…`) is none of it.
  const code = /^.*%[0-9a-f]{2}/i.exec(text.slice(start, at))
  if (code) start += code[0].length
  ADDRESS.lastIndex = start
  const match = ADDRESS.exec(text)
  if (!match || NOBODY.test(match[0])) return
  found({ start, end: start + match[0].length, group: 'email', kind: 'e-mail address' })
}

function spelledAddress(pattern: RegExp) {
  return (text: string, at: number, _end: number, found: Found): void => {
    let start = at
    while (start > 0 && at - start < 3 && ' \t'.includes(text.charAt(start - 1))) start--
    while (start > 0 && at - start < 66 && isAddressPart(text.charCodeAt(start - 1))) start--
    pattern.lastIndex = start
    const match = pattern.exec(text)
    if (match) found({ start, end: start + match[0].length, group: 'email', kind: 'e-mail address' })
  }
}

const SLASH = '(?:\\\\{1,4}|/|%2f|%5c)'
const NAME = `([^/\\\\\\s"'\`:<>|,;()\\[\\]{}%&?#=!*$@]{1,64})`
const HOME = new RegExp(`(?:[A-Za-z](?::|%3a))?${SLASH}(?:home|Users)${SLASH}${NAME}`, 'y')
/** Windows writes its folders in capitals or not; elsewhere `/users/` is a part of an address. */
const WINDOWS_HOME = new RegExp(`(?:[A-Za-z](?::|%3a)|\\\\)${SLASH}(?:users|home)${SLASH}${NAME}`, 'iy')
/** How some agents write a folder as one word. */
const FLAT = /-(?:home|Users)-([A-Za-z0-9]{1,40})(?=-|$|[/\s"'`])/y
/** Folders in the place of homes that are nobody's. */
const SHARED =
  /^(?:Shared|Public|runner|runneradmin|user|username|users?name|you|your-?user(?:name)?|name|me|someone|\.{1,3}|~)$/

function home(text: string, at: number, _end: number, found: Found): void {
  const drive = /[A-Za-z](?::|%3a)$/i.exec(text.slice(Math.max(0, at - 4), at))
  const start = drive ? at - drive[0].length : at
  for (const pattern of [HOME, WINDOWS_HOME]) {
    pattern.lastIndex = start
    const match = pattern.exec(text)
    if (!match) continue
    if (SHARED.test(match[1] as string) || isInAddress(text, start)) return
    const end = start + match[0].replace(/\.$/, '').length
    found({ start, end, group: 'home', kind: 'home folder' })
    return
  }
}

/** `https://site/home/page` is a page. */
function isInAddress(text: string, at: number): boolean {
  if (!isAlphanumeric(text.charCodeAt(at - 1))) return false
  const head = /[^\s"'`<>()]{0,200}$/.exec(text.slice(Math.max(0, at - 200), at))?.[0] ?? ''
  return /^(?!file:)[a-z]{2,10}:\/\//i.test(head) || /^[\w-]+(?:\.[\w-]+)+$/.test(head)
}

function flatHome(text: string, at: number, _end: number, found: Found): void {
  if (/\w/.test(text.charAt(at - 1))) return
  FLAT.lastIndex = at
  const match = FLAT.exec(text)
  if (match && !SHARED.test(match[1] as string)) {
    found({ start: at, end: at + match[0].length, group: 'home', kind: 'home folder' })
  }
}

/** The names of accounts that many machines have. */
const COMMON_ACCOUNTS = new Set(
  'root admin administrator user username users staff wheel nobody nogroup daemon bin sys sync games man lp mail news uucp proxy www www-data backup list irc node nginx apache http httpd mysql postgres redis mongodb ubuntu debian ec2-user centos fedora alpine arch vagrant docker runner jenkins git gitlab github ci build app apps work dev test tester tests demo guest default system service services public shared local code workspace project home name you me example foo bar src web api server db data tmp temp opt var usr lib etc ssh deploy deployer circleci travis coder codespace vscode gitpod linuxbrew claude codex agent bot sandbox ftp operator messagebus input kvm render video audio disk cdrom tty dialout plugdev netdev utmp shadow sudo adm lxd hostname host dialog none null true false latest master main release index package install version status hash email type file files folder path'.split(
    ' ',
  ),
)

export const isCommonAccount = (name: string): boolean => COMMON_ACCOUNTS.has(name.toLowerCase())

const isAccount = (name: string) => name.length >= 2 && !isCommonAccount(name) && !/^\d+$/.test(name)

function accountHit(start: number, name: string, found: Found): void {
  if (isAccount(name)) found({ start, end: start + name.length, group: 'account', kind: 'account name' })
}

function hostHit(start: number, name: string, found: Found): void {
  if (
    !/^(?:v?\d[\w.-]*|latest|next|main|master|head|https?|file|localhost|github\.com|gitlab\.com|bitbucket\.org|ssh\.dev\.azure\.com|hostname|host|server|(?:[\w-]+\.)?example\.\w+|[0-9a-f]{12})$/i.test(
      name,
    )
  ) {
    found({ start, end: start + name.length, group: 'host', kind: 'host name' })
  }
}

/** `ada@laptop:~/work$`, `[ada@laptop work]$`, `ada@laptop ~ %`. */
const PROMPT =
  /([a-z_][\w.-]{0,31})@([A-Za-z][\w.-]{0,62})(?::[~/][^\n$#%>]{0,200}[$#%>]|[ \t][^\n$#%\]>]{0,100}\]?[$#%>](?:\s|$))/y
/** `ssh ada@host`, `scp x ada@host:y`, `ssh://ada@host`, `rsync -e ssh x ada@10.0.0.1:`. */
const REMOTE = /([a-z_][\w.-]{0,31})@([A-Za-z\d][\w.-]{0,120})/y

function userAtHost(text: string, at: number, _end: number, found: Found): void {
  let start = at
  while (start > 0 && at - start < 32 && /[\w.-]/.test(text.charAt(start - 1))) start--
  // `name:password@host` of an address is looked at elsewhere.
  if (start === at || text.charAt(start - 1) === ':' || /[\w.-]\/$/.test(text.slice(Math.max(0, start - 2), start)))
    return
  PROMPT.lastIndex = start
  REMOTE.lastIndex = start
  const prompt = PROMPT.exec(text)
  const match = prompt ?? REMOTE.exec(text)
  const [, user = '', host = ''] = match ?? []
  if (!match || user === 'git' || /^[\d.]+$/.test(user)) return
  // Without a command that says so: a name without full stops, and a path after it.
  const isCopy =
    /^:[~/\w]/.test(text.slice(start + match[0].length, start + match[0].length + 2)) && /^[A-Za-z][\w-]*$/.test(host)
  if (!prompt && !isCopy && !isRemoteAt(text, start)) return
  accountHit(start, user, found)
  const plain = host.replace(/[.-]+$/, '')
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(plain)) hostHit(start + user.length + 1, plain, found)
}

const COMMAND = /(?:^|[\s;&|"'`(])(?:ssh|scp|sftp|rsync|mosh|sshfs|ssh-copy-id|autossh|git)\s/g

/** Whether the command that stands before goes to another machine. */
function isRemoteAt(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - 300), start)
  if (!/ss?h|scp|sftp|rsync|git/.test(before)) return false
  const line = before.slice(before.lastIndexOf('\n') + 1)
  if (/(?:ssh|sftp|rsync|scp):\/\/$/.test(line)) return true
  const command = [...line.matchAll(COMMAND)].at(-1)
  return command !== undefined && !/[|;&]/.test(line.slice(command.index + command[0].length))
}

/** The owner and the group in what `ls -l` writes. */
const LISTED =
  /[-dlcbps](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][.+@]?[ \t]{1,6}\d{1,6}[ \t]{1,4}([\w.-]{1,40})[ \t]{1,12}([\w.-]{1,40})[ \t]{1,12}\d/y

function listed(text: string, at: number, _end: number, found: Found): void {
  for (const start of [at - 1, at]) {
    if (start < 0) continue
    LISTED.lastIndex = start
    const match = LISTED.exec(text)
    if (!match) continue
    const [whole, owner = '', group = ''] = match
    const ownerAt = start + whole.indexOf(` ${owner} `) + 1
    accountHit(ownerAt, owner, found)
    if (group !== owner) accountHit(start + whole.lastIndexOf(group), group, found)
    else if (isAccount(group)) accountHit(start + whole.lastIndexOf(group), group, found)
    return
  }
}

/** `USER=ada`, `uid=1000(ada)`, `$ whoami` and its answer. */
const VARIABLE = /(?:USER|LOGNAME|USERNAME|SUDO_USER)=["']?([a-z_][\w.-]{1,31})(?=["'\s;]|$)/y
const NUMBERED = /[ug]id=\d{1,10}\(([\w.-]{1,40})\)/y
const ASKED = /(?:whoami|id -un|logname|echo \$USER|echo \$LOGNAME)[ \t]*\r?\n([a-z_][\w.-]{1,31})(?=\r?\n|$)/y

const named =
  (pattern: RegExp) =>
  (text: string, at: number, _end: number, found: Found): void => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) accountHit(at + match[0].lastIndexOf(match[1] as string), match[1] as string, found)
  }

const SLASHES = ['/', '\\', '\\\\', '%2f', '%5c', '\\/', '\\\\\\\\']

export const PLACE_RULES: readonly Rule[] = [
  { words: ['@', '%40'], at: address },
  { words: ['@'], at: userAtHost },
  { words: ['(at)', '[at]', '{at}', '( at )', '[ at ]', '<at>'], at: spelledAddress(SPELLED) },
  { words: [' at '], at: spelledAddress(IN_WORDS) },
  { words: SLASHES.flatMap((slash) => [`${slash}home${slash}`, `${slash}users${slash}`]), at: home },
  { words: ['-home-', '-users-'], at: flatHome },
  { words: ['rw-', 'rwx', 'r--', 'r-x'], at: listed },
  { words: ['user=', 'logname=', 'username='], at: named(VARIABLE) },
  { words: ['uid=', 'gid='], at: named(NUMBERED) },
  { words: ['whoami', 'id -un', 'logname', 'echo $user', 'echo $logname'], at: named(ASKED) },
]

/** The account's name in a home folder that was found; null for one that many have. */
export function accountOfHome(path: string): string | null {
  const name = /([^/\\\-%]+)$/.exec(path.replaceAll(/%(?:2f|5c)/gi, '/'))?.[1] ?? ''
  return name.length >= 3 && isAccount(name) && /^[\w.-]+$/.test(name) ? name : null
}
