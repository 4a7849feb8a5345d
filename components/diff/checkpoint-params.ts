import { parseAsString, parseAsStringLiteral } from 'nuqs/server'

/** What of a checkpoint is shown, as it stands in the address. */
export const checkpointParsers = {
  against: parseAsString.withDefault('parent'),
  view: parseAsStringLiteral(['unified', 'split']).withDefault('unified'),
  tab: parseAsStringLiteral(['changes', 'files']).withDefault('changes'),
  file: parseAsString,
}
