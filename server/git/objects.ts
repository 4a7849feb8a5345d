// Reads objects through one `cat-file --batch` that stays open: about thirty times faster than a process per file.
import type { ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { AppError } from '@/server/errors'
import { spawnGit } from './git'
import { decodePath, splitNul } from './paths'
import type { Repository, Store, TreeEntry } from './types'

export interface ReadObject {
  sha: string
  type: 'blob' | 'tree' | 'commit' | 'tag'
  size: number
}

type Sink = (chunk: Buffer) => void | Promise<void>

interface Request {
  sink: (header: ReadObject) => Sink | Promise<Sink>
  resolve: (header: ReadObject | null) => void
  reject: (error: unknown) => void
}

export interface ObjectReader {
  /** The whole object; null when it does not exist. @throws AppError `too_large` above `maxBytes` (default 256 MB). */
  read(spec: string, maxBytes?: number): Promise<(ReadObject & { data: Buffer }) | null>
  /** Hands the object over in pieces; the next piece waits for the sink. Null when it does not exist. */
  stream(spec: string, sink: Sink): Promise<ReadObject | null>
  /** Ends the process; reads that wait are rejected. */
  close(): void
}

/** For many objects at once: git answers in large pieces, but only from `finish` on. */
export interface BulkReader extends ObjectReader {
  /** All has been asked for; the answers come now. Asking for more is an error. */
  finish(): void
}

/** Opens a reader on a repository or store. Reads may overlap; answers come in order. Close it when done. */
export function openObjectReader(place: Repository | Store): ObjectReader {
  return new BatchReader('gitDir' in place ? place.gitDir : place.path, false)
}

/** Opens a reader for a list that is known beforehand. Close it when done. */
export function openBulkReader(place: Repository | Store): BulkReader {
  return new BatchReader('gitDir' in place ? place.gitDir : place.path, true)
}

/** Every file below `prefix` of a ref or tree, as git lists them. Submodules have type `commit`. */
export async function* listTreeRecursive(
  place: Repository | Store,
  ref: string,
  prefix?: string,
): AsyncGenerator<TreeEntry> {
  const gitDir = 'gitDir' in place ? place.gitDir : place.path
  const child = spawnGit(['ls-tree', '-r', '-l', '-z', '--full-tree', ref, ...(prefix ? ['--', prefix] : [])], {
    gitDir,
  })
  child.stdin?.end()
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  try {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of child.stdout as Readable) {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
      const end = rest.lastIndexOf(0)
      if (end === -1) continue
      for (const line of splitNul(rest.subarray(0, end + 1))) yield parseTreeLine(line)
      rest = rest.subarray(end + 1)
    }
    if ((await ended) !== 0) {
      throw new AppError('not_found', `There is no tree named ${ref} in this repository.`, { cause: new Error(errors) })
    }
  } finally {
    child.kill('SIGKILL')
  }
}

/** One line of `ls-tree -l -z`. */
export function parseTreeLine(line: Buffer): TreeEntry {
  const tab = line.indexOf(9)
  const [mode = '', type = 'blob', sha = '', size = '-'] = line.subarray(0, tab).toString('latin1').split(/ +/)
  return {
    path: decodePath(line.subarray(tab + 1)),
    mode,
    type: type as TreeEntry['type'],
    sha,
    size: size === '-' ? null : Number(size),
  }
}

class BatchReader implements BulkReader {
  private readonly child: ChildProcess
  private readonly waiting: Request[] = []
  private wake: (() => void) | null = null
  private closed = false

  constructor(gitDir: string, bulk: boolean) {
    this.child = spawnGit(['cat-file', '--batch', ...(bulk ? ['--buffer'] : [])], { gitDir })
    if (bulk) this.child.stdin?.cork()
    this.child.stdin?.on('error', () => {})
    this.child.stderr?.resume()
    this.child.on('error', (error) => this.fail(error))
    this.run().catch((error: unknown) => this.fail(error))
  }

  async read(spec: string, maxBytes = 256 * 1024 * 1024) {
    const chunks: Buffer[] = []
    let tooLarge = false
    const header = await this.request(spec, (facts) => {
      tooLarge = facts.size > maxBytes
      return (chunk: Buffer) => {
        if (!tooLarge) chunks.push(chunk)
      }
    })
    if (!header) return null
    if (tooLarge)
      throw new AppError('too_large', `This file holds ${header.size} bytes, more than the limit of ${maxBytes}.`)
    return { ...header, data: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }
  }

  stream(spec: string, sink: Sink) {
    return this.request(spec, () => sink)
  }

  private request(spec: string, sink: Request['sink']): Promise<ReadObject | null> {
    return new Promise<ReadObject | null>((resolve, reject) => {
      if (this.closed) return reject(new AppError('internal', 'The object reader is closed.'))
      if (spec.includes('\n')) return reject(new AppError('invalid', 'The name of an object cannot hold a line break.'))
      this.waiting.push({ sink, resolve, reject })
      this.child.stdin?.write(`${spec}\n`)
      this.wake?.()
    })
  }

  close(): void {
    this.fail(new AppError('internal', 'The object reader was closed.'))
  }

  finish(): void {
    this.child.stdin?.end()
  }

  private fail(error: unknown): void {
    this.closed = true
    this.child.kill('SIGKILL')
    for (const request of this.waiting.splice(0)) request.reject(error)
    this.wake?.()
  }

  private async run(): Promise<void> {
    let rest: Buffer = Buffer.alloc(0)
    const chunks = (this.child.stdout as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
    const more = async (): Promise<Buffer> => {
      const { value, done } = await chunks.next()
      if (done) throw new AppError('git_failed', 'Git stopped while objects were read. The repository may be damaged.')
      return value
    }
    while (!this.closed) {
      const request = this.waiting[0]
      if (!request) {
        await new Promise<void>((resolve) => {
          this.wake = resolve
        })
        this.wake = null
        continue
      }
      let end = rest.indexOf(10)
      while (end === -1) {
        rest = Buffer.concat([rest, await more()])
        end = rest.indexOf(10)
      }
      const header = parseHeader(rest.subarray(0, end).toString('utf8'))
      rest = rest.subarray(end + 1)
      if (!header) {
        this.waiting.shift()
        request.resolve(null)
        continue
      }
      let left = header.size
      let failure: unknown = null
      // A failing sink must not stop the others: its object is read to the end and thrown away.
      const attempt = async (work: () => void | Promise<void>) => {
        if (failure !== null) return
        try {
          const result = work()
          if (result) await result
        } catch (error) {
          failure = error ?? new Error('unknown')
        }
      }
      let sink: Sink = () => {}
      await attempt(async () => {
        sink = await request.sink(header)
      })
      while (left > 0) {
        if (rest.length === 0) rest = await more()
        const piece = rest.subarray(0, left)
        left -= piece.length
        rest = rest.subarray(piece.length)
        await attempt(() => sink(piece))
      }
      if (rest.length === 0) rest = await more()
      rest = rest.subarray(1)
      this.waiting.shift()
      if (failure === null) request.resolve(header)
      else request.reject(failure)
    }
  }
}

function parseHeader(line: string): ReadObject | null {
  const match = /^([0-9a-f]{40,64}) (blob|tree|commit|tag) (\d+)$/.exec(line)
  if (!match) return null
  return { sha: match[1] ?? '', type: match[2] as ReadObject['type'], size: Number(match[3]) }
}
