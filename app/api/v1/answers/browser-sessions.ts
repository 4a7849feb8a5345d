// Browsers that were let in, as REST answers them.
import { z } from 'zod'
import type { BrowserSessionView } from '@/server/services/browser-sessions/browser-sessions'
import type { EntryLink } from '@/server/services/browser-sessions/entry-links'
import { type Json, id, named, when } from './basics'

export const browserSession = named(
  'BrowserSession',
  z.object({
    id,
    browser: z.string(),
    state: z.enum(['open', 'ended']),
    isThis: z.boolean(),
    createdAt: when,
    lastUsedAt: when,
    expiresAt: when,
  }) satisfies z.ZodType<Json<BrowserSessionView>>,
)

export const entryLink = z.object({ path: z.string(), expiresAt: when }) satisfies z.ZodType<Json<EntryLink>>
