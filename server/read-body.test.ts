import { expect, test } from 'vitest'
import { readBody } from './read-body'

/** A request whose body is made as it is read; `taken` tells how many chunks were. */
function endless(chunk: Uint8Array, headers: Record<string, string> = {}) {
  const state = { taken: 0, cancelled: false }
  const source: UnderlyingDefaultSource<Uint8Array> = {
    pull: (controller) => {
      state.taken += 1
      controller.enqueue(chunk)
    },
    cancel: () => {
      state.cancelled = true
    },
  }
  const body = new ReadableStream(source, { highWaterMark: 0 })
  return { state, request: new Request('http://x/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit) }
}

test('an endless body is read as far as it may go, then given up', async () => {
  const { state, request } = endless(new Uint8Array(1_000))
  await expect(readBody(request, 10_000)).rejects.toMatchObject({ code: 'too_large' })
  expect(state.cancelled).toBe(true)
  expect(state.taken).toBeLessThan(15)
})

test('bytes are counted and no characters', async () => {
  const of = (text: string) => new Request('http://x/', { method: 'POST', body: text })
  expect(await readBody(of('é'.repeat(5)), 10)).toBe('é'.repeat(5))
  await expect(readBody(of('é'.repeat(6)), 10)).rejects.toMatchObject({ code: 'too_large' })
})

test('who says it is too long is not read at all; no body is an empty one', async () => {
  const { state, request } = endless(new Uint8Array(1), { 'content-length': '11' })
  await expect(readBody(request, 10)).rejects.toMatchObject({ code: 'too_large' })
  expect(state.taken).toBe(0)
  expect(await readBody(new Request('http://x/', { method: 'POST' }), 10)).toBe('')
})

test('a body that breaks off is the fault of who sent it', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) })
  const request = new Request('http://x/', { method: 'POST', body, duplex: 'half' } as RequestInit)
  await expect(readBody(request, 10)).rejects.toMatchObject({ code: 'invalid' })
})
