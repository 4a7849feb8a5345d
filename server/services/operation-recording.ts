// What the recorders of the kinds share: the finished operation, whom its events are about, and where its old state went.
import type { Context } from '@/server/context'
import type { Draft } from './operation-draft'
import type { Before, Outcome, StoredOperation } from './operation-state'
import type { Phase } from './views'

export type Finished = {
  operation: StoredOperation
  draft: Draft
  before: Before
  outcomes: Outcome[]
  childOutcomes: Outcome[][]
}

/** The open transaction and what is recorded in it. */
export type Recording = { ctx: Context; finished: Finished; about: About }
export type About = {
  contractId: string | null
  taskId: string | null
  repositoryId: string | null
  agent: string | null
  phase: Phase | null
}

export function preservedBy(outcomes: Outcome[]): { stateType: 'branch' | 'stash'; reference: string } | null {
  for (const outcome of outcomes) {
    if (outcome.type === 'branch') return { stateType: 'branch', reference: outcome.name }
    if (outcome.type === 'stash') return { stateType: 'stash', reference: outcome.sha }
  }
  return null
}
