// Streams the history of a repository in one pass of `git log`.
import type { Readable } from 'node:stream'
import { AppError } from '@/server/errors'
import { spawnGit } from './git'
import type { LogCommit, Repository, Store } from './types'

const FIELDS = ['%x01%H', '%T', '%P', '%an', '%ae', '%at', '%ct', '%s', '%(trailers:only=true,unfold=true)', '%B']
const FORMAT = FIELDS.join('%x00')

export interface LogOptions {
  /** Committer date at or after. */
  since?: Date
  /** Committer date at or before. */
  until?: Date
  /** All branches, tags and remotes instead of HEAD. */
  all?: boolean
  /** At most so many commits. */
  limit?: number
  /** Revisions such as a sha or `a..b`, instead of HEAD. */
  revisions?: string[]
  /** Leaves out the per-file counts, which is several times faster. */
  withoutCounts?: boolean
}

/** Commits, newest first, with trailers and line counts. An empty repository gives none. */
export async function* listCommits(place: Repository | Store, options: LogOptions = {}): AsyncGenerator<LogCommit> {
  if ('empty' in place && place.empty && !options.all && !options.revisions) return
  const gitDir = 'gitDir' in place ? place.gitDir : place.path
  const args = ['log', '-z', `--format=${FORMAT}`, '--no-renames', '--no-ext-diff', '--no-textconv', '--encoding=UTF-8']
  if (!options.withoutCounts) args.push('--numstat')
  if (options.since) args.push(`--since=${Math.floor(options.since.getTime() / 1000)}`)
  if (options.until) args.push(`--until=${Math.floor(options.until.getTime() / 1000)}`)
  if (options.limit !== undefined) args.push(`--max-count=${options.limit}`)
  if (options.all) args.push('--exclude=refs/stash', '--all')
  args.push('--end-of-options', ...(options.revisions ?? (options.all ? [] : ['HEAD'])), '--')
  const child = spawnGit(args, { gitDir })
  child.stdin?.end()
  let errors = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    if (errors.length < 10_000) errors += chunk.toString()
  })
  const ended = new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)))
  try {
    let commit: LogCommit | null = null
    let fields: string[] = []
    for await (const token of readTokens(child.stdout as Readable)) {
      if (token.startsWith('\x01')) {
        if (commit) yield commit
        commit = null
        fields = [token.slice(1)]
      } else if (fields.length > 0) {
        fields.push(token)
        if (fields.length === FIELDS.length) {
          commit = buildCommit(fields)
          fields = []
        }
      } else if (commit) {
        countFile(commit, token)
      }
    }
    if (commit) yield commit
    if ((await ended) !== 0) {
      throw new AppError('git_failed', 'The history could not be read to its end. Run "git fsck" in the repository.', {
        cause: new Error(errors),
      })
    }
  } finally {
    child.kill('SIGKILL')
  }
}

async function* readTokens(stream: Readable): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of stream) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk as Buffer]) : (chunk as Buffer)
    let from = 0
    for (let at = data.indexOf(0); at !== -1; at = data.indexOf(0, from)) {
      yield data.toString('utf8', from, at)
      from = at + 1
    }
    rest = data.subarray(from)
  }
  if (rest.length > 0) yield rest.toString('utf8')
}

function buildCommit(fields: string[]): LogCommit {
  const [
    sha = '',
    tree = '',
    parents = '',
    authorName = '',
    authorEmail = '',
    authored = '0',
    committed = '0',
    subject = '',
    trailers = '',
    body = '',
  ] = fields
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    authorName,
    authorEmail,
    authoredAt: new Date(Number(authored) * 1000),
    committedAt: new Date(Number(committed) * 1000),
    subject,
    body,
    trailers: trailers
      .split('\n')
      .map((line) => /^([^:\s]+)\s*:\s*(.*)$/.exec(line))
      .filter((match) => match !== null)
      .map((match) => ({ key: match[1] ?? '', value: match[2] ?? '' })),
    filesChanged: 0,
    additions: 0,
    deletions: 0,
  }
}

function countFile(commit: LogCommit, token: string): void {
  const numbers = /^\n?(\d+|-)\t(\d+|-)\t/.exec(token)
  if (!numbers) return
  commit.filesChanged += 1
  commit.additions += Number(numbers[1]) || 0
  commit.deletions += Number(numbers[2]) || 0
}
