// From the flat list of a plan to the rows people read: a heading per action, its paths under it.
import type { PlanFileView, PlanView } from '@/server/services/views'

export type PlanRow =
  | { kind: 'heading'; action: PlanFileView['action']; total: number; shown: number }
  | { kind: 'file'; file: PlanFileView }

const ORDER: PlanFileView['action'][] = ['restore', 'recreate', 'delete', 'keep']

/** What each action means to the reader. */
export const ACTION_WORDS: Record<PlanFileView['action'], { title: string; sign: string }> = {
  restore: { title: 'Put back as they were', sign: '~' },
  recreate: { title: 'Made again', sign: '+' },
  delete: { title: 'Removed', sign: '−' },
  keep: { title: 'Left alone', sign: '=' },
}

/** Rows in the order restore, recreate, delete, keep; actions without files have no heading. */
export function buildPlanRows(files: PlanFileView[], totals: PlanView['fileTotals']): PlanRow[] {
  return ORDER.flatMap((action): PlanRow[] => {
    const own = files.filter((file) => file.action === action)
    if (own.length === 0 && totals[action] === 0) return []
    return [
      { kind: 'heading', action, total: Math.max(totals[action], own.length), shown: own.length },
      ...own.map((file): PlanRow => ({ kind: 'file', file })),
    ]
  })
}
