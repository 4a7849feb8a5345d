import { parseAsString, parseAsStringLiteral } from 'nuqs/server'

/** Which part of the operations is shown, as it stands in the address. */
export const operationsParsers = {
  tab: parseAsStringLiteral(['log', 'shelf', 'imports', 'shares']).withDefault('log'),
  import: parseAsString,
}
