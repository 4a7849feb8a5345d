// Forgetting from the terminal: what goes is shown, and confirmed by the person. There is no undo.
import { createInterface } from 'node:readline/promises'
import { text as readAll } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import pc from 'picocolors'
import { AppError } from '@/server/errors'
import type { ForgetCount, ForgetPreview, ForgettingView } from '@/server/services/forget/forget-inputs'
import { type Address, addressOf, call } from './http'
import { harmless, moment, type OutputOptions, print, say, table, wantsJson } from './output'
import { ask, type DangerOptions } from './plan'

type ForgetOptions = DangerOptions & { forks?: boolean; keepCode?: boolean }
type Told = Omit<ForgettingView, 'createdAt' | 'finishedAt'> & { createdAt: string; finishedAt: string | null }

const NAMES: Record<ForgetCount['kind'], string> = {
  contracts: 'contracts',
  tasks: 'tasks',
  messages: 'messages',
  transcripts: 'transcripts',
  searchRows: 'messages in the search',
  conversationSnapshots: 'conversation snapshots',
  checkpoints: 'checkpoints',
  codeSnapshots: 'saved states of files',
  shelfItems: 'items of the recover shelf',
  operations: 'operations',
  runs: 'runs of agents',
  events: 'events of the timeline',
  shares: 'shares',
  imports: 'entries of imports',
  titles: 'names, goals and plans',
  otherRows: 'other rows',
  files: 'files and folders of Makima',
}

export async function forgetThing(kind: string, id: string, options: ForgetOptions): Promise<void> {
  await forget({ kind, id, forks: options.forks ?? false }, options)
}

/** Read from the input, or asked for without showing it: an argument would stay in the shell's history. */
export async function forgetString(options: ForgetOptions): Promise<void> {
  const string = process.stdin.isTTY ? await askHidden('The string to forget: ') : await readAll(process.stdin)
  await forget({ kind: 'string', string: string.replace(/\r?\n$/, ''), keepCode: options.keepCode ?? false }, options)
}

async function forget(subject: object, options: ForgetOptions): Promise<void> {
  const address = addressOf(options)
  const preview = await call<ForgetPreview>(address, 'POST', '/forget/preview', subject)
  if (!(await isAgreed(preview, 'Forget it for good', options))) return
  const [obstacle] = preview.blocked
  if (obstacle) throw new AppError('conflict', obstacle)
  const asked = await call<Told>(address, 'POST', '/forget', { ...subject, planHash: preview.planHash })
  const done = await waitFor(address, asked)
  if (done.state === 'failed') throw new AppError('conflict', done.error ?? 'It failed.')
  if (wantsJson(options)) return print(done)
  say(done.state === 'done' ? 'It is forgotten.' : 'It goes on in the background: makima forget list')
  for (const sentence of done.remains) say(pc.yellow(sentence))
}

/** Shows what would go and asks. @throws AppError `forbidden` where nobody can be asked. */
async function isAgreed(preview: ForgetPreview, question: string, options: DangerOptions): Promise<boolean> {
  if (options.dryRun) {
    if (wantsJson(options)) print(preview)
    else showPreview(preview)
    return false
  }
  if (options.yes) return true
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new AppError(
      'forbidden',
      'Nothing was done: say --yes to do it without being asked, or --dry-run to see what would go.',
    )
  }
  showPreview(preview)
  return preview.blocked.length > 0 || ask(question)
}

function showPreview({ name, counts, dependents, blocked, remains }: ForgetPreview): void {
  say(pc.bold(name === null ? 'This would go:' : `“${harmless(name)}” would go, with:`))
  for (const { kind, n } of counts) say(`  ${n.toLocaleString('en').padStart(9)}  ${NAMES[kind]}`)
  if (counts.length === 0) say('  nothing')
  for (const { taskName, contractName } of dependents) {
    say(pc.yellow(`  forked from it: “${harmless(taskName)}” in “${harmless(contractName)}” (--forks: it goes too)`))
  }
  for (const sentence of blocked) say(pc.red(harmless(sentence)))
  say(pc.dim('What stays:'))
  for (const sentence of remains) say(pc.dim(`  ${harmless(sentence)}`))
  say(pc.red('There is no undo.'))
}

const PATIENCE_MS = 10 * 60_000

async function waitFor(address: Address, asked: Told): Promise<Told> {
  let told = asked
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(300)) {
    if (told.state === 'done' || told.state === 'failed') break
    told = await call<Told>(address, 'GET', `/forget/${told.id}`)
  }
  return told
}

/** What is typed is not shown. */
async function askHidden(question: string): Promise<string> {
  process.stdout.write(question)
  const terminal = createInterface({ input: process.stdin, terminal: true })
  return terminal.question('').finally(() => {
    terminal.close()
    say()
  })
}

export async function forgettings(options: OutputOptions): Promise<void> {
  const answer = await call<{ forgettings: Told[] }>(addressOf(options), 'GET', '/forget')
  if (wantsJson(options)) return print(answer)
  const rows = answer.forgettings.map(({ createdAt, kind, state, isHeld, id }) => [
    moment(createdAt),
    kind,
    state,
    isHeld ? 'passed over when met again' : '',
    id,
  ])
  table(['When', 'What', 'State', '', 'Id'], rows, 'Nothing was forgotten yet.')
}

export async function allowAgain(id: string, options: OutputOptions): Promise<void> {
  const told = await call<Told>(addressOf(options), 'POST', `/forget/${encodeURIComponent(id)}/allow`)
  if (wantsJson(options)) return print(told)
  say('It may come again: import its file.')
}

const KINDS = {
  conversationSnapshots: 'conversation snapshots',
  codeSnapshots: 'checkpoints and their files',
  shelf: 'items of the recover shelf',
  transcripts: 'sessions: transcripts, messages, tasks',
} as const
type Kind = keyof typeof KINDS
type Days = Partial<Record<Kind, number | null>>

export async function retention(options: DangerOptions & Partial<Record<Kind, string>>): Promise<void> {
  const address = addressOf(options)
  const asked: Days = {}
  for (const kind of Object.keys(KINDS) as Kind[]) {
    const value = options[kind]
    if (value !== undefined) asked[kind] = value === 'forever' ? null : Number(value)
  }
  if (Object.keys(asked).length === 0) return showDays(await call<Days>(address, 'GET', '/retention'), options)
  const preview = await call<ForgetPreview>(address, 'POST', '/retention/preview', asked)
  if (!(await isAgreed(preview, 'Set it, and let this go', options))) return
  showDays(await call<Days>(address, 'PATCH', '/retention', asked), options)
}

function showDays(days: Days, options: OutputOptions): void {
  if (wantsJson(options)) return print(days)
  for (const [kind, name] of Object.entries(KINDS) as [Kind, string][]) {
    const value = days[kind]
    say(`${name.padEnd(40)} ${value == null ? 'kept for ever' : `kept for ${value} days`}`)
  }
}
