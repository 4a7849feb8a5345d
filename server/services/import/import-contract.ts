// A contract's file among what can be imported: what became of it goes into the report of the import.
import { type TakenContract, takeContract } from '@/server/services/contract-file/take-contract'
import type { Run } from './import-group'

/** Whether a file with this name holds a contract. */
export const isContractFile = (path: string): boolean => path.toLowerCase().endsWith('.makima')

export async function importContract(run: Run, path: string): Promise<void> {
  const { ctx, report, progress } = run
  progress.change({ phase: 'reading', sourcesTotal: 1, current: path })
  const taken = await takeContract(ctx, path, (name) => progress.change({ current: name }))
  if (!taken.isNew) return report.skip(path, sentenceOfKnown(taken))
  report.totals.messages += taken.messages
  report.checkpoints += taken.checkpoints
  report.changed = true
  for (const sentence of sentencesOf(taken)) report.note(sentence)
  await progress.settle({ sourcesDone: 1, messages: taken.messages })
}

function sentenceOfKnown({ name, laterUntil }: TakenContract): string {
  if (laterUntil === null) return `The contract “${name}” is here already. Nothing was changed.`
  const until = `${laterUntil.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return `The contract “${name}” is here already, and the file tells of later work, until ${until}: one that is here is not brought up to date. Nothing was changed. To read the newer one, import the file into a Makima with another home.`
}

function sentencesOf({ name, tasks, messages, checkpoints, withoutCode }: TakenContract): string[] {
  const came = `The contract “${name}” came with ${count(tasks, 'task')}, ${count(messages, 'message')} and ${count(checkpoints, 'checkpoint')}.`
  if (withoutCode === 0) return [came]
  return [
    came,
    `The files of ${count(withoutCode, 'saved state')} did not come: git had pruned them where the file was written.`,
  ]
}

const count = (n: number, noun: string) => `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`
