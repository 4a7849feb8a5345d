// Tells from the first records of a Codex source whose it is: the first line names the thread, what it was forked from,
// and the thread that started it.

import { asString, isObject } from './claude-code-content'
import { openRecord } from './codex-records'
import { cleanText } from './row-text'
import type { SourceDescription } from './types'

type JsonObject = Record<string, unknown>

/** The first `session_meta` of a source; those after it are copies of the parent's, or the same again. */
export type ThreadMeta = {
  id: string
  /** The thread that started this one as a subagent or review; null for threads of a person. */
  parent: string | null
  /** The session all these threads belong to, where it is said. */
  session: string | null
  /** The thread this one begins with a copy of, or goes on from. */
  forkedFrom: string | null
  /** Where the records before the first one lie: after this many records of another rollout. */
  base: { thread: string; ordinal: number; bytes: number | null } | null
  /** Records of a subagent below this ordinal are a copy of its parent's. */
  ownFrom: number | null
  nickname: string | null
  role: string | null
}

export function readThreadMeta(payload: JsonObject): ThreadMeta | null {
  const text = (value: unknown) => cleanText(asString(value) ?? '') || null
  const id = text(payload.id)
  if (id === null) return null
  const subagent = isObject(payload.source) ? payload.source.subagent : null
  const spawn = isObject(subagent) && isObject(subagent.thread_spawn) ? subagent.thread_spawn : {}
  const forked = text(payload.forked_from_id)
  const isChild = subagent != null || payload.parent_thread_id != null
  const base = isObject(payload.history_base) ? payload.history_base : {}
  const baseThread = text(base.thread_id)
  const cut = base.end_ordinal_exclusive
  return {
    id,
    parent: isChild ? (text(spawn.parent_thread_id) ?? text(payload.parent_thread_id) ?? forked) : null,
    session: text(payload.session_id),
    forkedFrom: forked,
    base:
      baseThread !== null && typeof cut === 'number'
        ? {
            thread: baseThread,
            ordinal: cut,
            bytes: typeof base.end_byte_offset === 'number' ? base.end_byte_offset : null,
          }
        : null,
    ownFrom: typeof payload.subagent_history_start_ordinal === 'number' ? payload.subagent_history_start_ordinal : null,
    nickname: text(payload.agent_nickname) ?? text(spawn.agent_nickname),
    role: text(payload.agent_role) ?? text(spawn.agent_role) ?? (typeof subagent === 'string' ? text(subagent) : null),
  }
}

export function describeCodexSource(values: JsonObject[]): SourceDescription {
  const records = values.map(openRecord)
  const header = records.find(({ kind }) => kind === 'session_meta')
  const meta = header === undefined ? null : readThreadMeta(header.payload)
  const isChild = meta !== null && meta.parent !== null && meta.parent !== meta.id
  const session = meta?.session !== meta?.id ? (meta?.session ?? null) : null
  return {
    sessionId: isChild ? (session ?? meta.parent) : (meta?.id ?? null),
    thread: isChild ? meta.id : '',
    userIds: [],
    forkedFrom: meta === null || isChild ? null : originOf(meta),
    carriesOutPlan: false,
    firstAt: values.flatMap(({ timestamp }) => (typeof timestamp === 'string' ? [timestamp] : []))[0] ?? null,
  }
}

function originOf({ id, forkedFrom, base }: ThreadMeta): string | null {
  const origin = forkedFrom ?? base?.thread ?? null
  return origin === id ? null : origin
}
