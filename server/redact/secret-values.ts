// Whether a value that stands beside the name of a secret can be one: placeholders, references, types and calls are none.

const PLACEHOLDER =
  /^(?:[<[({%$*#@`]|\\|x{3,}|X{3,}|\.{2,}|…|-{2,}|_{2,}|\*+|your[-_\s]?|my[-_]?(?:password|secret|token|key|api)|change[-_]?(?:me|it|this)|replace[-_]?|insert[-_]?|enter[-_]?|put[-_]?|todo|fixme|tbd|n\/a|foo(?:bar)?$|bar$|baz$|dummy|fake[-_]|example|sample|placeholder|redacted|masked|hidden|removed|omitted|none$|null$|nil$|undefined$|true$|false$|yes$|no$|on$|off$|unset$|empty$|default$|process\.|os\.|env\.|import\.|self\.|this\.|config\.|settings\.|secrets?\.|ctx\.|req\.|request\.|res\.|props\.|options?\.|opts\.|args\.|data\.|user\.|params\.|input\.|await$|new$|function|async$|typeof$|return$|lambda$|f["']|r["'])/i
const TYPES =
  /^(?:string|str|text|number|int|integer|bool|boolean|bytes?|any|unknown|object|never|void|char|varchar|optional|required|uuid|buffer|uint8array|secretstr|securestring|date|float|array|list|dict|map|set|record|promise|type|enum|const|let|var|key|value|name|id|token|secret|password|passwd|pwd|pass|passphrase|username|user|email|login|auth|bearer|basic|digest|oauth2?|jwt|hash|hashed|encrypted|base64|hex|utf-?8|ascii|sha-?\d+|md5|hmac|rsa|ed25519|aes(?:-?\d+)?|rs256|hs256|es256|stdin|file|path|url|uri|env|environment|variable|input|output|config|admin|root|test|local|public|private|missing|invalid|valid|incorrect|wrong|expired|must|should|is|are|was|and|or|to|for|the|a|an|in|with|of|as|on|if|when|not|only|from|by|at|be|can|will|may|that|which|this|it|then|than|option|flag|field|param|parameter|argument|header|cookie|session|reset|change|update|create|delete|generate|provided|given|used|set|get|use|needed|here|there|also|instead|see|like|same|new|old|again|access|refresh|id_token|access_token|refresh_token|api_key|client_secret|grant|code|manager|protected|based|authentication|authorization|prompt|mismatch|length|strength|policy|rules?|ok|error|failed|success)$/i

/** Stands for something else: empty, a type, a word of a manual, a variable, a call. */
export function isPlaceholder(value: string): boolean {
  let end = value.length
  while (end > 0 && ',;.!?:'.includes(value.charAt(end - 1))) end--
  const plain = value.slice(0, end)
  return (
    plain === '' ||
    PLACEHOLDER.test(plain) ||
    TYPES.test(plain) ||
    new Set(plain.slice(0, 40)).size < 3 ||
    /\$\{|\{\{|<[a-z_ -]+>|\$\(/i.test(plain)
  )
}

/** A call, a member, an index, an arrow: what stands in a program where a value would. */
export function isCode(value: string): boolean {
  return (
    /^[A-Za-z_$][\w$]*(?:\??\.[A-Za-z_$][\w$]*)+[!?]?[,;)]*$/.test(value) ||
    /^[A-Za-z_$][\w$.]*[([{]/.test(value) ||
    /=>|\)$|^\)|^[!?&|*=]|^[+/](?![\w+/=]{20})|\?\?|\|\|/.test(value)
  )
}

/** Made of words: `access_token`, `my-password-field`, `PasswordInput`, `token2`. */
export function isWordy(value: string): boolean {
  return value
    .split(/[\s_\-./:@]+/)
    .every((part) => /^(?:[A-Z]?[a-z]*)(?:[A-Z][a-z]+)*\d{0,2}$|^[A-Z]*\d{0,2}$|^\d{1,4}$/.test(part))
}

/** Looks made by a machine, or by a person who was told to use digits and capital letters. */
export function isOdd(value: string): boolean {
  if (value.length < 6 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false
  let changes = 0
  for (let at = 1; at < value.length; at++) if (classOf(value, at) !== classOf(value, at - 1)) changes++
  return changes >= 3 || (value.length >= 16 && !isWordy(value))
}

/** A name of letters, digits and underscores: in a program it is a variable. */
export const isIdentifier = (value: string): boolean => /^[A-Za-z_$][\w$]*[!?]?[,;]?$/.test(value)

function classOf(text: string, at: number): number {
  const code = text.charCodeAt(at)
  if (code >= 48 && code <= 57) return 0
  if (code >= 65 && code <= 90) return 1
  return code >= 97 && code <= 122 ? 2 : 3
}
