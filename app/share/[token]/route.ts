import { ERROR_CODES, isAppError } from '@/server/errors'
import { reportError } from '@/server/public-error'
import { readBody } from '@/server/read-body'
import { requestContext } from '@/server/request-context'
import { readShared } from '@/server/services/shares/shared'
import { renderConversation, renderPassword, renderProblem, SHARE_HEADERS } from '@/server/share-page/render'

type Place = { params: Promise<{ token: string }> }

/** A password of 200 characters, written for a form, in bytes. */
const FORM_BYTES = 4_000
const COOKIE = 'share'
const WRONG = 'That is not the password.'

export async function GET(request: Request, place: Place): Promise<Response> {
  return answer(request, place, null)
}

export async function POST(request: Request, place: Place): Promise<Response> {
  try {
    const form = new URLSearchParams(await readBody(request, FORM_BYTES))
    return await answer(request, place, form.get('password') ?? '')
  } catch (error) {
    if (!isAppError(error)) throw error
    return html(ERROR_CODES[error.code].http, renderPassword('A password is shorter than that.'))
  }
}

async function answer(request: Request, { params }: Place, password: string | null): Promise<Response> {
  const { token } = await params
  const page = Number(new URL(request.url).searchParams.get('page') ?? 1)
  const pass = /(?:^|;\s*)share=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1] ?? null
  try {
    const reader = { token, page: Number.isInteger(page) ? page : 1, password, pass }
    const read = await readShared(requestContext('browser'), reader)
    if (!read.conversation) return html(read.tried ? 403 : 401, renderPassword(read.tried ? WRONG : null))
    const headers: Record<string, string> = {}
    if (password !== null && read.pass) {
      headers['set-cookie'] = `${COOKIE}=${read.pass}; Path=/share/${token}; HttpOnly; SameSite=Strict; Max-Age=86400`
    }
    return html(200, renderConversation(read.conversation), headers)
  } catch (error) {
    if (isAppError(error) && error.code === 'rate_limited') return html(429, renderPassword(error.message))
    if (isAppError(error) && error.code === 'not_found') {
      return html(404, renderProblem('Nothing is shared here', error.message))
    }
    reportError(error)
    return html(
      500,
      renderProblem('Something went wrong', 'The conversation could not be read. Try again in a moment.'),
    )
  }
}

const html = (status: number, body: string, headers: Record<string, string> = {}) =>
  new Response(body, { status, headers: { ...SHARE_HEADERS, ...headers } })
