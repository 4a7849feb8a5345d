import { expect, test } from 'vitest'
import { z } from 'zod'
import { connect } from '@/db/client'
import { contracts } from '@/db/schema'
import { AppError } from './errors'
import { toPublicError } from './public-error'

test('a database that does not answer is told as such, with what to do', async () => {
  // Nothing listens on port 1.
  const { db, close } = connect('postgres://makima@127.0.0.1:1/makima', { max: 1 })
  const error = await db
    .select()
    .from(contracts)
    .catch((failure: unknown) => failure)
  await close()
  expect(toPublicError(error)).toMatchObject({
    code: 'internal',
    status: 503,
    detail: expect.stringContaining('try again'),
  })
})

test('an error that was not written for people is not quoted', () => {
  const { code, detail, status } = toPublicError(new Error('column "secret" of /home/x'))
  expect([code, status]).toEqual(['internal', undefined])
  expect(detail).not.toMatch(/secret|home/)
})

test('a missing file is not taken for a missing database', () => {
  const missing = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'open' })
  expect(toPublicError(missing).status).toBeUndefined()
})

test('our own sentences and the first fault of an input are handed on', () => {
  expect(toPublicError(new AppError('conflict', 'The tree moved.'))).toEqual({
    code: 'conflict',
    detail: 'The tree moved.',
  })
  const parsed = z.object({ name: z.string('A name is text'), n: z.number() }).safeParse({})
  expect(toPublicError(parsed.error)).toEqual({
    code: 'invalid',
    detail: 'name: A name is text (and 1 more). Correct the request and try again.',
  })
})
