// What happened, as REST answers it.
import { z } from 'zod'
import type { EventView } from '@/server/services/views'
import { type Json, id, when, count, named, phase, facts, cursor } from './basics'

export const event = named(
  'Event',
  z.object({
    id,
    ownerId: id,
    eventType: z.string(),
    eventSubtype: z.string().nullable(),
    phase: phase.nullable(),
    agent: z.string().nullable(),
    contractId: id.nullable(),
    contractName: z.string().nullable(),
    taskId: id.nullable(),
    taskName: z.string().nullable(),
    repositoryId: id.nullable(),
    eventData: facts,
    createdAt: when,
  }) satisfies z.ZodType<Json<EventView & { ownerId: string }>>,
)

export const eventPage = { entries: z.array(event), totalCount: count, cursor }
