// Shares and what their readers see, as REST answers them.
import { z } from 'zod'
import type {
  MadeShare,
  SharedConversation,
  SharedMessage,
  SharePreview,
  ShareView,
} from '@/server/services/shares/share-views'
import { type Json, id, when, maybeWhen, count, named } from './basics'

const shareFields = {
  id,
  title: z.string(),
  taskId: id.nullable(),
  contractId: id.nullable(),
  messages: count,
  masked: count,
  hasPassword: z.boolean(),
  views: count,
  lastViewedAt: maybeWhen,
  expiresAt: maybeWhen,
  revokedAt: maybeWhen,
  state: z.enum(['open', 'expired', 'revoked']),
  createdAt: when,
}

export const share = named('Share', z.object(shareFields) satisfies z.ZodType<Json<ShareView>>)

export const madeShare = z.object({
  ...shareFields,
  token: z.string(),
  path: z.string(),
  url: z.string().nullable(),
}) satisfies z.ZodType<Json<MadeShare>>

const sharedMessage = named(
  'SharedMessage',
  z.object({
    role: z.enum(['user', 'assistant', 'system', 'tool']),
    kind: z.string(),
    text: z.string(),
    toolName: z.string().optional(),
    toolInput: z.string().optional(),
    toolResult: z.string().optional(),
    isError: z.boolean().optional(),
    images: z.array(z.string()).optional(),
    at: maybeWhen,
  }) satisfies z.ZodType<Json<SharedMessage>>,
)

export const sharePreview = z.object({
  title: z.string(),
  note: z.string().nullable(),
  messages: count,
  findings: z.array(
    z.object({
      id: z.string(),
      group: z.enum(['secret', 'email', 'home', 'account', 'host', 'phone', 'address', 'bank', 'card']),
      kind: z.string(),
      sample: z.string(),
      count,
      masked: z.boolean(),
    }),
  ),
  moreFindings: count,
  images: count,
  page: z.array(sharedMessage),
  pages: count,
}) satisfies z.ZodType<Json<SharePreview>>

export const sharedConversation = z.object({
  title: z.string(),
  note: z.string().nullable(),
  agent: z.string(),
  createdAt: when,
  messages: count,
  page: count,
  pages: count,
  entries: z.array(sharedMessage),
}) satisfies z.ZodType<Json<SharedConversation>>
