// Pure: turns git's NUL-separated diff output into values.
import { decodePath, splitNul } from './paths'
import type { ChangedFile, ChangeStatus, FileState } from './types'

const STATUS: Record<string, ChangeStatus> = {
  A: 'added',
  M: 'modified',
  D: 'deleted',
  R: 'renamed',
  C: 'copied',
  T: 'type_changed',
}

/** Parses `diff-tree -r -z --raw [--numstat]`; without numstat the counts stay null. */
export function parseRawAndNumstat(output: Buffer): ChangedFile[] {
  const files: ChangedFile[] = []
  const byPath = new Map<string, ChangedFile>()
  const fields = splitNul(output)
  let at = 0
  const next = () => decodePath(fields[at++] ?? Buffer.alloc(0))
  while (at < fields.length) {
    const field = (fields[at++] ?? Buffer.alloc(0)).toString('latin1')
    if (field.startsWith(':')) {
      const [fromMode = '', toMode = '', fromSha = '', toSha = '', letter = ''] = field.slice(1).split(' ')
      const status = STATUS[letter[0] ?? ''] ?? 'modified'
      const first = next()
      const renamed = status === 'renamed' || status === 'copied'
      const file: ChangedFile = {
        path: renamed ? next() : first,
        oldPath: renamed ? first : null,
        status,
        additions: null,
        deletions: null,
        binary: false,
        from: state(fromMode, fromSha),
        to: state(toMode, toSha),
      }
      files.push(file)
      byPath.set(file.path, file)
      continue
    }
    // "<added>\t<deleted>\t<path>", or with an empty path followed by old and new name.
    const numbers = /^(\d+|-)\t(\d+|-)\t/.exec(field)
    if (!numbers) continue
    const rest = field.slice(numbers[0].length)
    let path: string
    if (rest === '') {
      next()
      path = next()
    } else {
      path = decodePath(Buffer.from(rest, 'latin1'))
    }
    const file = byPath.get(path)
    if (!file) continue
    file.binary = numbers[1] === '-'
    file.additions = file.binary ? null : Number(numbers[1])
    file.deletions = file.binary ? null : Number(numbers[2])
  }
  return files
}

function state(mode: string, sha: string): FileState | null {
  return mode === '000000' || mode === '' ? null : { mode, sha }
}
