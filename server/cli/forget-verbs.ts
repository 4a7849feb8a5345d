// The verbs with which a person has things forgotten. Not among those of an agent that leads a contract.
import { type Command, InvalidArgumentError } from 'commander'
import { example } from './example'

export function addForget(makima: Command): void {
  const forget = makima
    .command('forget')
    .description('erase a contract, a task, a transcript or a string for good; there is no undo')
    .addHelpText('after', example('makima forget contract CONTRACT_ID --dry-run'))
  for (const [kind, what] of [
    ['contract', 'a contract with its tasks, transcripts and checkpoints'],
    ['task', 'a task with its subagents, transcripts and checkpoints'],
    ['transcript', 'a transcript with the tasks that were read from it'],
  ] as const) {
    danger(forget, kind, what, `${kind.toUpperCase()}_ID`)
      .argument(`<${kind}Id>`)
      .option('--forks', 'also the tasks that were forked from it')
      .action(async (id, options) => (await import('./forget')).forgetThing(kind, id, options))
  }
  danger(forget, 'string', 'one string wherever it stands; it is read from the input, or asked for', '< secret.txt')
    .option('--keep-code', 'keep checkpoints whose files hold it')
    .action(async (options) => (await import('./forget')).forgetString(options))
  verb(forget, 'list', 'what was forgotten: kinds and counts, no names', '').action(async (options) =>
    (await import('./forget')).forgettings(options),
  )
  verb(forget, 'allow', 'let what was forgotten be imported again', 'FORGET_ID')
    .argument('<id>')
    .action(async (id, options) => (await import('./forget')).allowAgain(id, options))
  danger(makima, 'retention', 'after how many days what is kept goes by itself', '--code-snapshots 90 --shelf 30')
    .option('--conversation-snapshots <days>', 'places in conversations to go back to', daysOrForever)
    .option('--code-snapshots <days>', 'checkpoints with their files', daysOrForever)
    .option('--shelf <days>', 'items of the recover shelf', daysOrForever)
    .option('--transcripts <days>', 'sessions in which nothing happened for so long', daysOrForever)
    .action(async (options) => (await import('./forget')).retention(options))
}

function verb(parent: Command, name: string, description: string, words: string): Command {
  const path = parent.name() === 'makima' ? name : `${parent.name()} ${name}`
  return parent
    .command(name)
    .description(description)
    .addHelpText('after', example(`makima ${path} ${words}`.trim()))
    .option('--json', 'print as JSON; so it is also where the output is no terminal')
    .option('--home <folder>', 'the home of the Makima to talk to')
}

function danger(parent: Command, name: string, description: string, words: string): Command {
  return verb(parent, name, `${description}; shows what goes and asks first`, words)
    .option('--dry-run', 'only show what would go')
    .option('--yes', 'do not ask')
}

function daysOrForever(text: string): string {
  if (text === 'forever' || /^[1-9][0-9]{0,4}$/.test(text)) return text
  throw new InvalidArgumentError('Give a whole number of days, or: forever.')
}
