// What is sent with a request, read only as far as it may go: who sends more is told so, and the rest is not read.
import { AppError } from '@/server/errors'

/**
 * The body as text; empty when there is none. Counts bytes as they come, whatever the sender says of their number.
 * @throws AppError `too_large` beyond `most` bytes, `invalid` for a body that breaks off.
 */
export async function readBody(request: Request, most: number): Promise<string> {
  const tooLarge = new AppError('too_large', `The body is larger than ${most.toLocaleString('en')} bytes. Send less.`)
  if (Number(request.headers.get('content-length') ?? 0) > most) throw tooLarge
  if (!request.body) return ''
  const reader = request.body.getReader()
  const parts: Uint8Array[] = []
  let bytes = 0
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new AppError('invalid', 'The body broke off. Send it again.', { cause })
    })
    if (done) return new TextDecoder().decode(Buffer.concat(parts))
    bytes += value.byteLength
    if (bytes > most) {
      await reader.cancel().catch(() => {})
      throw tooLarge
    }
    parts.push(value)
  }
}
