// Remembers for a moment who was let in, as each request would otherwise pay for asking the database again.
import { LRUCache } from 'lru-cache'

/** How long a key or session that was ended by another process still opens; one ended in this process opens nothing at once. */
const TRUSTED_MS = 500

// Next bundles each route apart; without this what one route forgets another would still remember.
const shared = globalThis as typeof globalThis & { __makimaTrusted?: Record<string, unknown> }

/** The rows of `kind` that were just read, by the hash of what was shown. */
export function trustedRows<Row extends object>(kind: string): LRUCache<string, Row> {
  const kinds = (shared.__makimaTrusted ??= {})
  return (kinds[kind] ??= new LRUCache<string, Row>({ max: 500, ttl: TRUSTED_MS })) as LRUCache<string, Row>
}
