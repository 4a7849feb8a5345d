// What can be wrong with one source while it is read, and how it is told.
import { AppError, isAppError } from '@/server/errors'
import type { Candidate } from './candidates'

/** The sentence about a source that could not be imported. */
export function readError(error: unknown): string {
  if (isAppError(error)) return error.message
  const code = codeOf(error)
  if (isForbidden(error)) return FORBIDDEN
  if (code === 'ENOENT') return 'It went away while it was read.'
  if (code === 'EIO' || code === 'ESTALE')
    return `Its disk could not read it (${code}). Check the disk and import it again.`
  return 'It could not be imported because of a fault of Makima; the log has the details. The file is unchanged.'
}

/** The sentence about a path that could not be looked at. */
export function lookError(error: unknown): string {
  if (isAppError(error)) return error.message
  return isForbidden(error) ? FORBIDDEN : `It could not be read (${codeOf(error) ?? 'unknown error'}).`
}

const FORBIDDEN = 'It may not be read. Give the account that runs Makima leave to read it.'

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code
const isForbidden = (error: unknown) => codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM'

/**
 * The same candidate, telling when reading it fails, so that the fault is not taken for one of its session's other files.
 * A file that ends before the bytes it had is a fault too: what was read then may be of two different states.
 */
export function watchReading(candidate: Candidate, failed: () => void): Candidate {
  async function* open(from: number) {
    let at = from
    try {
      for await (const piece of candidate.open(from)) {
        at += piece.length
        yield piece
      }
      if (at < candidate.bytes && !candidate.assembled)
        throw new AppError('conflict', 'It became shorter while it was read. Import it again when it is at rest.')
    } catch (error) {
      failed()
      throw error
    }
  }
  return { ...candidate, open }
}
