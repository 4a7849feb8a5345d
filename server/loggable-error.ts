// What of an error may stand in a log: what it is and where it came from, never what somebody wrote or stored. A failed
// query carries its values in its message, detail and context, and readers of JSON quote what they could not read.

export type LoggableError = {
  type: string
  message: string
  /** Errno, or SQLSTATE of the database. */
  code?: string | undefined
  /** Names of what the database complained about. */
  place?: string | undefined
  /** The statement with $1 for its values. */
  query?: string | undefined
  /** Of wrong input: the kinds of what was wrong. */
  issues?: string | undefined
  stack?: string | undefined
  cause?: LoggableError | undefined
  errors?: LoggableError[] | undefined
}

type Fields = Error & Record<string, unknown>

const DEPTH = 6
const QUERY_LENGTH = 2_000

/** Also takes what is no error, as anything can be thrown. */
export function toLoggable(error: unknown, depth = 0): LoggableError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'something that is no error was thrown' }
  const fields = error as Fields
  const deeper = (one: unknown) => toLoggable(one, depth + 1)
  return {
    type: error.name,
    message: messageOf(fields),
    code: textOf(fields.code),
    place: isOfDatabase(fields) ? placeOf(fields) : undefined,
    query: queryOf(fields),
    issues: issuesOf(fields),
    stack: framesOf(error),
    cause: error.cause === undefined || depth >= DEPTH ? undefined : deeper(error.cause),
    errors: error instanceof AggregateError && depth < DEPTH ? error.errors.slice(0, 10).map(deeper) : undefined,
  }
}

/** One line, for a log of plain text. */
export function describeLoggable(error: unknown): string {
  const { type, message, code, place, query, issues, stack, cause } = toLoggable(error)
  const facts = [code, place, issues, query].filter((fact) => fact !== undefined).join('; ')
  const lines = [`${type}: ${message}${facts ? ` (${facts})` : ''}`, ...(stack ? [stack] : [])]
  return [...lines, ...(cause ? [`cause: ${describeLoggable(error instanceof Error ? error.cause : null)}`] : [])].join(
    '\n',
  )
}

/** The text of a log line that was made elsewhere of an error, without the values of its query. */
export function withoutValues(text: string): string {
  return text.replaceAll(/(Failed query: [^]*?)\n\s*params: [^]*?(?=\n\s+at |$)/g, '$1')
}

/** Both drivers name the severity; a SQLSTATE alone could be a code of something else. */
const isOfDatabase = ({ code, severity }: Fields) => typeof severity === 'string' && /^[\dA-Z]{5}$/.test(String(code))

function messageOf(error: Fields): string {
  if (isOfDatabase(error)) return 'the database refused a statement'
  if (isOfQuery(error)) return 'a query failed'
  if (Array.isArray(error.issues)) return 'the input was refused'
  // These quote what was read.
  if (error instanceof SyntaxError || error instanceof URIError) return 'a text could not be read'
  if (error.code === 'ERR_INVALID_URL') return 'no address'
  return withoutCause(withoutValues(error.message), error.cause)
}

/** A wrapper often repeats what it wraps, in its own words. */
function withoutCause(message: string, cause: unknown): string {
  if (!(cause instanceof Error) || cause.message === '') return message
  return message.replaceAll(cause.message, () => messageOf(cause as Fields))
}

const isOfQuery = ({ query, params }: Fields) => typeof query === 'string' && Array.isArray(params)

function queryOf(error: Fields): string | undefined {
  return isOfQuery(error) ? textOf(error.query)?.slice(0, QUERY_LENGTH) : undefined
}

function placeOf(error: Fields): string | undefined {
  const names = ['table_name', 'table', 'column_name', 'column', 'constraint_name', 'constraint', 'routine']
  const found = names.map((name) => textOf(error[name])).filter((name) => name !== undefined)
  return found.length > 0 ? found.join(' ') : undefined
}

function issuesOf({ issues }: Fields): string | undefined {
  if (!Array.isArray(issues)) return undefined
  return (issues as { code?: unknown }[])
    .slice(0, 10)
    .map(({ code }) => textOf(code) ?? 'unknown')
    .join(', ')
}

/** The stack begins with the message, which may have several lines that look like frames. */
function framesOf({ stack = '', message }: Error): string | undefined {
  const begin = message === '' ? 0 : stack.indexOf(message) + message.length
  const frames = stack
    .slice(begin)
    .split('\n')
    .filter((line) => /^\s+at .*(:\d+:\d+\)?|\(<anonymous>\)|native\)?)$/.test(line))
  return frames.length > 0 ? frames.join('\n') : undefined
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
