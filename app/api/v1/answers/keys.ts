// API keys, as REST answers them.
import { z } from 'zod'
import type { ApiKeyView } from '@/server/services/api-keys'
import { type Json, id, when, maybeWhen, named } from './basics'

const keyFields = {
  id,
  name: z.string(),
  prefix: z.string(),
  scope: z.enum(['read', 'write']),
  state: z.enum(['open', 'expired', 'revoked']),
  expiresAt: maybeWhen,
  lastUsedAt: maybeWhen,
  createdAt: when,
}

export const apiKey = named('ApiKey', z.object(keyFields) satisfies z.ZodType<Json<ApiKeyView>>)

export const madeKey = z.object({ ...keyFields, key: z.string() })
