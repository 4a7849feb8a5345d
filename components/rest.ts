// Asks the REST API from a page: for what tRPC does not carry, files in either direction.
import { fetchSignedIn } from '@/components/signed-out'
import { RestError } from '@/components/ui/error-text'

/** @throws RestError with what was wrong and what to do. */
export async function askRest(path: string, init: RequestInit): Promise<Response> {
  const answer = await fetchSignedIn(`/api/v1${path}`, init)
  if (answer.ok) return answer
  const { detail } = (await answer.json()) as { detail: string }
  throw new RestError(detail)
}
