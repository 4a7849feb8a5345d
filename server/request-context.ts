// The context of a request: this process's database and environment, and the door that was used.
import { getDatabase } from '@/db/client'
import { type Actor, type Context, createContext } from './context'
import { type Env, readEnv } from './env'

let env: Env | undefined

export function requestContext(via: Actor['via']): Context {
  env ??= readEnv()
  return createContext(getDatabase().db, env, via)
}
