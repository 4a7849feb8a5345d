// What a dangerous command shows before it does anything, and the question whether to go on.
import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'
import { AppError } from '@/server/errors'
import type { PlanView } from '@/server/services/views'
import { say, wantsJson } from './output'

export type DangerOptions = { json?: boolean; home?: string; dryRun?: boolean; yes?: boolean }

/** Paths shown of each action; `--json` has all. */
const SHOWN = 40

const COLOURS: Record<string, (text: string) => string> = {
  restore: pc.yellow,
  delete: pc.red,
  recreate: pc.green,
  keep: pc.dim,
}

/** The plan as a person reads it, path by path. */
export function showPlan(plan: PlanView): void {
  say(pc.bold(plan.sentence))
  showFiles(plan)
  for (const child of plan.children) {
    say(`  ${child.name}: ${child.sentence}`)
    showFiles(child)
  }
  for (const { path, reason } of plan.notCovered) say(pc.dim(`  not covered  ${path}  (${reason})`))
  for (const { what } of plan.sideEffects) say(pc.yellow(`  cannot be taken back: ${what}`))
  if (plan.preserved) say(`  What is there now is kept as ${plan.preserved.stateType} ${plan.preserved.reference}`)
  for (const { taskName } of plan.agents) say(pc.red(`  An agent is at work here: ${taskName}. Stop it first.`))
}

function showFiles({ files, fileTotals }: Pick<PlanView, 'files' | 'fileTotals'>): void {
  for (const { path, action, reason } of files.slice(0, SHOWN)) {
    say(`  ${(COLOURS[action] ?? pc.dim)(action.padEnd(8))} ${path}${reason ? pc.dim(`  (${reason})`) : ''}`)
  }
  const total = Object.values(fileTotals).reduce((sum, count) => sum + count, 0)
  if (total > SHOWN) say(pc.dim(`  … and ${total - SHOWN} more; --json has all of them.`))
}

/**
 * Shows the plan and asks. True: go on. With `dryRun` it only shows; with `yes` it does not ask.
 * @throws AppError `forbidden` where nobody can be asked.
 */
export async function agreed(plan: PlanView, options: DangerOptions): Promise<boolean> {
  if (options.dryRun) {
    if (wantsJson(options)) process.stdout.write(`${JSON.stringify(plan)}\n`)
    else showPlan(plan)
    return false
  }
  if (options.yes) return true
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new AppError(
      'forbidden',
      `${plan.sentence} Nothing was done: say --yes to do it without being asked, or --dry-run to see it path by path.`,
    )
  }
  showPlan(plan)
  return ask(plan.button)
}

/** A yes or no in the terminal. */
export async function ask(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`${question}? [y/N] `).finally(() => terminal.close())
  if (/^y(es)?$/i.test(answer.trim())) return true
  say('Nothing was done.')
  return false
}
