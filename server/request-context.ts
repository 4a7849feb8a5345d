// The context of a request: this process's database and environment, and the door that was used.
import { getDatabase } from '@/db/client'
import { type Actor, type Context, createContext } from './context'
import { readEnv } from './env'

const env = readEnv()

export function requestContext(via: Actor['via']): Context {
  return createContext(getDatabase().db, env, via)
}
