// Who asks, over which database, at what time. A transaction is the same context with another `db`.
import type { Database } from '@/db/client'
import type { Env } from '@/server/env'

/** The one owner while Makima runs for one person; every row carries it, so that many owners need no migration. */
export const LOCAL_OWNER_ID = '00000000-0000-7000-8000-000000000001'

/** `keyId`: of the API key that was shown; `sessionId`: of the browser's session. At most one of them. */
export type Actor = {
  ownerId: string
  name: string
  via: 'browser' | 'rest' | 'cli' | 'worker'
  keyId?: string
  sessionId?: string
}

export type Context = {
  db: Database
  actor: Actor
  now: () => Date
  env: Env
}

export function createContext(db: Database, env: Env, via: Actor['via']): Context {
  return { db, env, actor: { ownerId: LOCAL_OWNER_ID, name: 'you', via }, now: () => new Date() }
}

/** Runs `work` in one transaction: joins the one that `ctx.db` already is, else opens it. */
export function withTransaction<T>(ctx: Context, work: (ctx: Context) => Promise<T>): Promise<T> {
  return ctx.db.transaction((tx) => work({ ...ctx, db: tx }))
}
