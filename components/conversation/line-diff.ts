// Lines of an old and a new text beside each other. For what an edit in a conversation shows; files use git's own diff.

export type DiffLine = { sign: ' ' | '+' | '-'; text: string }

/** Beyond this many comparisons the middle is shown as removed and added in one block. */
const MOST = 400_000

/** The lines of both texts, unchanged ones once, removed before added. */
export function diffLines(oldText: string, newText: string): DiffLine[] {
  const before = toLines(oldText)
  const after = toLines(newText)
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let end = 0
  while (
    end < before.length - start &&
    end < after.length - start &&
    before[before.length - 1 - end] === after[after.length - 1 - end]
  ) {
    end++
  }
  const same = (lines: string[]) => lines.map((text): DiffLine => ({ sign: ' ', text }))
  return [
    ...same(before.slice(0, start)),
    ...diffMiddle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ]
}

/** Lines added and removed by a diff. */
export function countChanges(lines: readonly DiffLine[]): { additions: number; deletions: number } {
  let additions = 0
  let deletions = 0
  for (const { sign } of lines) {
    if (sign === '+') additions++
    else if (sign === '-') deletions++
  }
  return { additions, deletions }
}

/** The lines of a text; a newline at the end begins no further line. */
export function toLines(text: string): string[] {
  if (text === '') return []
  const lines = text.split('\n')
  if (lines[lines.length - 1] === '') lines.pop()
  return lines
}

function diffMiddle(before: string[], after: string[]): DiffLine[] {
  const removed = (lines: string[]) => lines.map((text): DiffLine => ({ sign: '-', text }))
  const added = (lines: string[]) => lines.map((text): DiffLine => ({ sign: '+', text }))
  if (before.length * after.length > MOST) return [...removed(before), ...added(after)]
  // Longest common subsequence, lengths from the end.
  const width = after.length + 1
  const lengths = new Uint32Array((before.length + 1) * width)
  const at = (i: number, j: number) => lengths[i * width + j] ?? 0
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      lengths[i * width + j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
    }
  }
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < before.length && j < after.length) {
    if (before[i] === after[j]) {
      lines.push({ sign: ' ', text: before[i] ?? '' })
      i++
      j++
    } else if (at(i + 1, j) >= at(i, j + 1)) lines.push({ sign: '-', text: before[i++] ?? '' })
    else lines.push({ sign: '+', text: after[j++] ?? '' })
  }
  return [...lines, ...removed(before.slice(i)), ...added(after.slice(j))]
}
