import type { FindingView } from '@/server/services/shares/share-views'

type Group = FindingView['group']

/** What was found, in the order in which it is told, and what its switch is called. */
export const GROUPS: readonly { group: Group; name: string }[] = [
  { group: 'secret', name: 'Secrets' },
  { group: 'email', name: 'E-mail addresses' },
  { group: 'home', name: 'Home folders' },
  { group: 'account', name: 'Account names' },
  { group: 'host', name: 'Host names' },
  { group: 'phone', name: 'Telephone numbers' },
  { group: 'address', name: 'IP addresses' },
  { group: 'bank', name: 'Bank accounts' },
  { group: 'card', name: 'Card numbers' },
]

/** What can be shown a group at a time. */
export type ShownGroup = Exclude<Group, 'secret'>
