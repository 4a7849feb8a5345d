// Looks at the disk for what stands in the way of writing a path: ignored files, symlinked folders, files where folders must be.
import { lstatSync, readdirSync } from 'node:fs'
import { absolutePath, lookAt } from './disk-state'
import { decodePath } from './paths'
import type { NotCovered, RewindFacts } from './types'

const MAX_ENTRIES = 20_000
const UNCOVERED_FILES = new Set(['too_large', 'unreadable', 'special_file'])

type Obstacles = Pick<RewindFacts, 'occupied' | 'blockers' | 'caseClashes'>

/** Synchronous on purpose: one quick pass over the differing paths, so that all answers belong to one moment. */
export function readObstacles(
  topLevel: string,
  differences: RewindFacts['differences'],
  notCovered: NotCovered[],
): Obstacles {
  const found: Obstacles = { occupied: [], blockers: [], caseClashes: findCaseClashes(topLevel, differences) }
  const disk = createDisk(topLevel)
  const uncoveredFiles = new Map(
    notCovered.filter((entry) => UNCOVERED_FILES.has(entry.reason)).map((entry) => [entry.path, entry]),
  )
  const uncoveredFolders = notCovered
    .filter((entry) => entry.path.endsWith('/') && entry.reason !== 'ignored')
    .map((entry) => entry.path)
  for (const { path, from, to } of differences) {
    const uncovered = uncoveredFiles.get(path)
    if (uncovered) {
      found.occupied.push({
        path,
        reason: 'not_covered',
        detail: `No capture holds its present content: ${uncovered.detail ?? uncovered.reason}.`,
      })
      continue
    }
    const folder = uncoveredFolders.find((prefix) => path.startsWith(prefix))
    if (folder) {
      found.occupied.push({ path, reason: 'not_covered', detail: `It lies in ${folder}, a repository of its own.` })
      continue
    }
    if (to === null) continue
    const parent = disk.parentInTheWay(path)
    if (parent !== null) {
      found.blockers.push({
        path,
        needs: [parent],
        possible: true,
        detail: `${parent} is not a folder, and it is kept.`,
      })
      continue
    }
    const facts = disk.look(path)
    if (facts?.isDirectory()) {
      const inside = disk.listFiles(path)
      const detail = 'A folder of this name holds files that are kept.'
      if (inside === null || inside.length > 0)
        found.blockers.push({ path, needs: inside ?? [], possible: inside !== null, detail })
    } else if (facts && from === null) {
      found.occupied.push({
        path,
        reason: 'ignored_now',
        detail: 'A file of this name is there, and it is ignored now.',
      })
    }
  }
  return found
}

function createDisk(topLevel: string) {
  const folders = new Map<string, 'folder' | 'missing' | 'other'>()
  const look = (path: string) => lookAt(absolutePath(topLevel, path))
  const kind = (path: string) => {
    const known = folders.get(path)
    if (known) return known
    const facts = safely(() => look(path))
    const answer = !facts ? 'missing' : facts.isDirectory() ? 'folder' : 'other'
    folders.set(path, answer)
    return answer
  }
  return {
    look: (path: string) => safely(() => look(path)),
    /** The first parent that is no real folder (a symlink is none), or null. */
    parentInTheWay(path: string): string | null {
      for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
        const parent = path.slice(0, at)
        const answer = kind(parent)
        if (answer === 'missing') return null
        if (answer === 'other') return parent
      }
      return null
    },
    /** All files below a folder; null when it is too much to tell, or cannot be read. */
    listFiles(path: string): string[] | null {
      const files: string[] = []
      const walk = (folder: string): boolean => {
        const bytes = absolutePath(topLevel, folder)
        for (const name of readdirSync(bytes, { encoding: 'buffer' }) as Buffer[]) {
          const child = `${folder}/${decodePath(name)}`
          if (look(child)?.isDirectory()) {
            if (!walk(child)) return false
          } else if (files.push(child) > MAX_ENTRIES) {
            return false
          }
        }
        return true
      }
      return safely(() => walk(path)) ? files : null
    },
  }
}

/** On a disk that does not tell `A` from `a`, two such names are one file: writing both would lose one. */
function findCaseClashes(topLevel: string, differences: RewindFacts['differences']): string[] {
  if (!lstatSync(`${topLevel}/.GIT`, { throwIfNoEntry: false })) return []
  const seen = new Map<string, string>()
  const clashes = new Set<string>()
  for (const { path, to } of differences) {
    if (to === null) continue
    const folded = path.normalize('NFC').toLowerCase()
    const other = seen.get(folded)
    if (other !== undefined) clashes.add(other).add(path)
    seen.set(folded, path)
  }
  return [...clashes]
}

function safely<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
