// Signs the browser of all journeys in, as a person does: by a one-time link.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type APIRequestContext, type FullConfig, request } from '@playwright/test'

/** Where the cookies lie that every page begins with. */
export const signedInState = (home: string): string => join(home, '..', 'signed-in.json')

/** What a program of the person finds in the home of the Makima under test. */
export const localToken = (): string => readFileSync(join(process.env.MAKIMA_E2E_HOME ?? '', 'token'), 'utf8').trim()

/** The path of a fresh one-time link. */
export async function makeLink(api: APIRequestContext, path?: string): Promise<string> {
  const headers = { authorization: `Bearer ${localToken()}` }
  const answer = await api.post('/api/v1/browser-sessions/links', { headers, data: path === undefined ? {} : { path } })
  return ((await answer.json()) as { path: string }).path
}

/** Runs once, when the server answers. */
export default async function signIn(config: FullConfig): Promise<void> {
  const { baseURL } = config.projects[0]?.use ?? {}
  const api = await request.newContext({ ...(baseURL && { baseURL }) })
  await api.get(await makeLink(api))
  await api.storageState({ path: signedInState(process.env.MAKIMA_E2E_HOME ?? '') })
  await api.dispose()
}
