// Secrets of many lines: private keys in their armour (numbered, quoted, cut off), PuTTY keys, WireGuard keys, and the data of a
// Kubernetes secret.
import type { Hit, Rule } from './rule'
import { isCode, isPlaceholder } from './secret-values'

const BEGIN =
  /-----BEGIN (?:[A-Z0-9]{2,14} ){0,4}PRIVATE KEY(?: BLOCK)?-----|---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----/y
const END = /-----END (?:[A-Z0-9]{2,14} ){0,4}PRIVATE KEY(?: BLOCK)?-----|---- END SSH2 ENCRYPTED PRIVATE KEY ----/y
const MOST_CHARACTERS = 40_000
/** What a line of a key is once marks of lines, of strings and of quotes are off. */
const BODY =
  /^(?:[A-Za-z0-9+/=_-]{1,4000}|(?:Proc-Type|DEK-Info|Comment|Version|Subject|X-\w+|Hash|Charset):? .{0,200}|Bag Attributes.*|)$/
const FRAME =
  /^[\s"'`>|*#,.+-]*(?:\d{1,6}(?:→|[ \t]?[|:]|\t|-)[ \t]*)?[\s"'`>|+-]*|(?:\\[nr])*[\s"'`,;+.\\)]*(?:\\[nr])*["'`]?[,;+)]*$/g

function privateKey(text: string, start: number, _end: number, found: (hit: Hit) => void): void {
  BEGIN.lastIndex = start
  const begin = BEGIN.exec(text)
  if (!begin) return
  const end = endOfKey(text, start + begin[0].length)
  if (end - start < begin[0].length + 16) return
  found({ start, end, group: 'secret', kind: 'private key', exact: true })
  // Lines of it that stand somewhere alone.
  for (const line of text.slice(start, end).matchAll(/[A-Za-z0-9+/]{40,80}/g)) {
    found({ start: start + line.index, end: start + line.index + line[0].length, group: 'secret', kind: 'private key' })
  }
}

/** After its last line, or where it is cut off: before the first line that is none of a key. */
function endOfKey(text: string, from: number): number {
  const most = Math.min(text.length, from + MOST_CHARACTERS)
  let at = from
  let end = from
  while (at < most) {
    const lineEnd = text.indexOf('\n', at)
    const line = text.slice(at, lineEnd < 0 ? most : Math.min(lineEnd, most))
    const armour = line.search(/-----END |---- END /)
    if (armour >= 0) {
      END.lastIndex = at + armour
      const last = END.exec(text)
      return last ? last.index + last[0].length : at + armour
    }
    // In one line with the escapes of its line ends.
    const inner = line.split(/\\r\\n|\\n|\\r/).map((part) => part.replaceAll(FRAME, ''))
    const stop = inner.findIndex((part) => !BODY.test(part))
    if (stop >= 0) {
      const piece = /^[\s"'`>|+-]*(?:\\[nr])*([A-Za-z0-9+/=\\]{16,})/.exec(line)
      return piece ? at + piece[0].length : end
    }
    if (inner.some((part) => part !== '')) end = at + line.length
    if (lineEnd < 0) break
    at = lineEnd + 1
  }
  return end
}

/** `PrivateKey = …` of WireGuard and the lines of a PuTTY key. */
const WIREGUARD = /(?:PrivateKey|PresharedKey)[ \t]{0,4}=[ \t]{0,4}([A-Za-z0-9+/]{42,43}=)/y
const PUTTY = /Private-Lines: \d{1,4}\r?\n((?:[A-Za-z0-9+/=]{1,80}\r?\n?){1,200})/y
const DOCKER_AUTH = /"auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{8,2000}={0,2})"/y
const NPM_AUTH = /(?<![\w])_(?:auth|authToken|password)["']?[ \t]{0,3}[=:][ \t]{0,3}["']?([^\s"'$]{6,500})/y
const JWK = /"(?:d|p|q|dp|dq|qi|k)"\s{0,4}:\s{0,4}"([A-Za-z0-9_-]{32,1400})"/y

function captured(words: string[], kind: string, pattern: RegExp): Rule {
  return {
    words,
    at: (text, start, _end, found) => {
      pattern.lastIndex = start
      const match = pattern.exec(text)
      if (!match || isCode(match[1] as string) || isPlaceholder(match[1] as string)) return
      const at = start + match[0].lastIndexOf(match[1] as string)
      found({ start: at, end: at + (match[1] as string).trimEnd().length, group: 'secret', kind })
    },
  }
}

/**
 * The last part of a text that was looked through: one look is enough for all that begins in it. A scan goes forward, so what
 * begins no later belongs to another scan, which has to look for itself.
 */
let looked = { text: '', start: -1, to: 0 }

const SECRET_DATA = /(?:^|\n)([ \t]*(?:\d{1,6}(?:→|[|:]|\t)[ \t]*)?[+-]?[ \t]*)(?:data|stringData):[ \t]*\r?\n/g
const NEAR = 6_000

/** The values below `data:` and `stringData:` of a Kubernetes secret, in YAML or JSON, before or after its kind. */
function kubernetes(text: string, start: number, end: number, found: (hit: Hit) => void): void {
  if (!/^["']?\s*:?\s*["']?Secret["']?\s*(?:$|[\n\r,}])/.test(text.slice(end, end + 20))) return
  if (start > looked.start && start < looked.to && text === looked.text) return
  const from = Math.max(0, start - NEAR)
  const before = from + Math.max(0, text.slice(from, start).lastIndexOf('\n---'))
  const after = text.slice(end, end + NEAR).indexOf('\n---')
  const to = Math.min(text.length, end + (after < 0 ? NEAR : after))
  looked = { text, start, to }
  const near = text.slice(before, to)
  for (const match of near.matchAll(SECRET_DATA)) yamlValues(near, match.index + match[0].length, before, found)
  for (const match of near.matchAll(/"(?:data|stringData)"\s{0,4}:\s{0,4}\{([^{}]{0,4000})\}/g)) {
    const base = before + match.index + match[0].length - 1 - (match[1] as string).length
    for (const pair of (match[1] as string).matchAll(/"[^"]{1,200}"\s{0,4}:\s{0,4}"([^"]{4,4000})"/g)) {
      const at = base + pair.index + pair[0].length - 1 - (pair[1] as string).length
      found({ start: at, end: at + (pair[1] as string).length, group: 'secret', kind: 'Kubernetes secret' })
    }
  }
}

function yamlValues(text: string, from: number, offset: number, found: (hit: Hit) => void): void {
  const VALUE =
    /[ \t]*(?:\d{1,6}(?:→|[|:]|\t)[ \t]*)?[+-]?[ \t]+[\w.-]{1,200}:[ \t]*(?:[|>][-+]?[ \t]*\r?\n[ \t]+)?["']?([^\s"'][^\r\n"']{0,4000})?["']?[ \t]*\r?(?:\n|$)/y
  VALUE.lastIndex = from
  for (let match = VALUE.exec(text); match !== null; match = VALUE.exec(text)) {
    const value = match[1]
    if (value === undefined || value.length < 4) continue
    const at = offset + match.index + match[0].lastIndexOf(value)
    found({ start: at, end: at + value.length, group: 'secret', kind: 'Kubernetes secret' })
  }
}

export const BLOCK_RULES: readonly Rule[] = [
  { words: ['-----begin', '---- begin'], at: privateKey },
  { words: ['kind'], at: kubernetes },
  captured(['PrivateKey', 'PresharedKey'], 'WireGuard key', WIREGUARD),
  captured(['Private-Lines'], 'private key', PUTTY),
  captured(['"auth"'], 'registry password', DOCKER_AUTH),
  captured(['_auth', '_password'], 'registry password', NPM_AUTH),
  captured(['"d"', '"p"', '"q"', '"dp"', '"dq"', '"qi"', '"k"'], 'private key', JWK),
]
