// Whether the server has said that this browser is not signed in any more. It is said once and stays so until the page is
// loaded again: no answer after that would be one of this person's.
import { useSyncExternalStore } from 'react'

let isOut = false
const listeners = new Set<() => void>()

/** A `fetch` that notices when an answer says so. */
export async function fetchSignedIn(input: RequestInfo | URL | string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(input, init)
  if (answer.status === 401 && !isOut) {
    isOut = true
    for (const tell of listeners) tell()
  }
  return answer
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => isOut,
    () => false,
  )
}
