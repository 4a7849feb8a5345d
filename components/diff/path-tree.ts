// From changed paths to the rows of a tree: folders with a single child are joined, sums stand on folders.

export type TreeRow<T> =
  | { kind: 'folder'; path: string; name: string; depth: number; additions: number; deletions: number; files: number }
  | { kind: 'file'; path: string; name: string; depth: number; file: T }

type Leaf = { path: string; additions?: number; deletions?: number }
type Node<T> = { folders: Map<string, Node<T>>; files: { name: string; file: T }[] }

/** All rows, folders before files, both by name; paths in `closed` keep their folder row but not what is in it. */
export function buildPathTree<T extends Leaf>(
  files: readonly T[],
  closed: ReadonlySet<string> = new Set(),
): TreeRow<T>[] {
  const root: Node<T> = { folders: new Map(), files: [] }
  for (const file of files) {
    const parts = file.path.split('/')
    const name = parts.pop() ?? file.path
    let node = root
    for (const part of parts) {
      let next = node.folders.get(part)
      if (!next) {
        next = { folders: new Map(), files: [] }
        node.folders.set(part, next)
      }
      node = next
    }
    node.files.push({ name, file })
  }
  return flatten(root, '', 0, closed)
}

function flatten<T extends Leaf>(
  node: Node<T>,
  prefix: string,
  depth: number,
  closed: ReadonlySet<string>,
): TreeRow<T>[] {
  const rows: TreeRow<T>[] = []
  for (const [first, child] of [...node.folders].sort(([a], [b]) => a.localeCompare(b))) {
    let [name, inner] = [first, child]
    while (inner.files.length === 0 && inner.folders.size === 1) {
      const [next] = inner.folders
      if (!next) break
      name = `${name}/${next[0]}`
      inner = next[1]
    }
    const path = `${prefix}${name}`
    rows.push({ kind: 'folder', path, name, depth, ...sumUp(inner) })
    if (!closed.has(path)) rows.push(...flatten(inner, `${path}/`, depth + 1, closed))
  }
  for (const { name, file } of [...node.files].sort((a, b) => a.name.localeCompare(b.name))) {
    rows.push({ kind: 'file', path: file.path, name, depth, file })
  }
  return rows
}

function sumUp<T extends Leaf>(node: Node<T>): { additions: number; deletions: number; files: number } {
  const total = { additions: 0, deletions: 0, files: node.files.length }
  for (const { file } of node.files) {
    total.additions += file.additions ?? 0
    total.deletions += file.deletions ?? 0
  }
  for (const child of node.folders.values()) {
    const inner = sumUp(child)
    total.additions += inner.additions
    total.deletions += inner.deletions
    total.files += inner.files
  }
  return total
}
