// The verbs of history: what happened, going back, forking. A person has them as `makima VERB`, an agent that leads a
// contract as `makima supervisor VERB`; they are the same.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { example as exampleText } from './example'

/** Adds every history verb to a command. */
export function addHistoryVerbs(parent: Command): void {
  const prefix = parent.name() === 'makima' ? 'makima' : `makima ${parent.name()}`
  const verb = (name: string, description: string, example: string) =>
    parent
      .command(name)
      .description(description)
      .addHelpText('after', exampleText(`${prefix} ${name} ${example}`))
      .option('--json', 'print as JSON; so it is also where the output is no terminal')
      .option('--home <folder>', 'the home of the Makima to talk to')
  const list = (name: string, description: string, example: string) =>
    verb(name, description, example)
      .option('--limit <n>', 'rows (default 100, at most 1000)', wholeNumber)
      .option('--cursor <cursor>', 'the page after the one that told this cursor')
  const events = (name: string, description: string, example: string) =>
    list(name, description, example)
      .option('--from <time>', 'not before this time, like 2026-01-31T12:00:00Z')
      .option('--to <time>', 'not after this time')
      .option('--phase <phase>', 'only of this phase')
      .option('--type <types...>', 'only these kinds of events, like message.received')
  events('timeline', 'everything that happened, newest first', '--limit 20 --type checkpoint.created')
    .option('--contract <id>', 'only of this contract')
    .option('--task <id>', 'only of this task')
    .action(async (options) => (await import('./history')).timeline(options))
  events('task-history', 'what happened in a task', 'TASK_ID --limit 20')
    .argument('<taskId>')
    .action(async (id, options) => (await import('./history')).taskHistory(id, options))
  verb('task-checkpoints', 'the checkpoints of a task, newest last', 'TASK_ID')
    .argument('<taskId>')
    .action(async (id, options) => (await import('./history')).taskCheckpoints(id, options))
  list('search', 'finds words in messages, tool input and tool output, newest first', '"open store" --limit 20')
    .argument('<words...>')
    .option('--contract <id>', 'only in this contract')
    .option('--task <id>', 'only in this task')
    .option('--from <time>', 'not before this time')
    .option('--to <time>', 'not after this time')
    .action(async (words, options) => (await import('./search')).search(words, options))
  list('contracts', 'the contracts, those with the latest activity first', '--search login')
    .option('--search <words>', 'only those whose name has these words')
    .action(async (options) => (await import('./history')).contracts(options))
  list('operations', 'what was done, and what of it can be undone', '--limit 10')
    .option('--contract <id>', 'only on this contract')
    .option('--task <id>', 'only on this task')
    .action(async (options) => (await import('./history')).operations(options))
  list('shelf', 'the recover shelf: what operations replaced', '').action(async (options) =>
    (await import('./history')).shelf(options),
  )
  addDanger(verb)
  addShares(verb, list)
  verb(
    'task-fork',
    'a new task from a point of another, in a folder and on a branch of its own',
    'TASK_ID --from-type checkpoint --from 3 --name "Another way"',
  )
    .argument('<taskId>')
    .addOption(
      new Option('--from-type <type>', 'what --from names')
        .choices(['checkpoint', 'timestamp', 'message_id'])
        .default('checkpoint'),
    )
    .requiredOption('--from <value>', 'number, id or commit of a checkpoint; a time; or the id of a message')
    .requiredOption('--name <text>', 'name of the new task')
    .option('--plan <text>', 'what it is to try')
    .option('--no-conversation', 'begin without what was said')
    .option('--branch <name>', 'name of its branch (default: after the task)')
    .option('--no-branch', 'begin without a branch')
    .option('--dry-run', 'only show what would happen')
    .action(async (id, options) => (await import('./fork')).taskFork(id, options))
}

/** Links to a frozen, masked copy of a conversation. */
function addShares(verb: Verb, list: Verb): void {
  verb(
    'share',
    'share a conversation by link: a frozen copy in which secrets are masked; shows what was found and asks first',
    'TASK_ID --days 7 --password "long enough"',
  )
    .argument('<taskId>')
    .option('--title <text>', 'what it is called (default: as the task)')
    .option('--note <text>', 'a word to the reader')
    .option('--to-message <id>', 'the last message that is shared')
    .option('--mask <words...>', 'mask these words too, wherever they stand')
    .option('--show <groups...>', 'leave as they are: email, home, account, host, phone, address, bank, card')
    .option('--keep <findingIds...>', 'show these findings after all')
    .option('--thinking', 'with what the model thought')
    .option('--no-tool-input', 'without what tools were asked')
    .option('--no-tool-output', 'without what tools answered')
    .option('--no-diffs', 'without what was written into files')
    .option('--images', 'with images, in which nothing is looked for')
    .option('--days <n>', 'the link is over after so many days', wholeNumber)
    .option('--password <text>', 'readers must know it')
    .option('--dry-run', 'only show what was found')
    .option('--yes', 'do not ask')
    .action(async (id, options) => (await import('./share')).share(id, options))
  verb(
    'export',
    'a conversation as a file; secrets are masked but in --format agent',
    'TASK_ID --format markdown --out talk.md',
  )
    .argument('<taskId>')
    .addOption(
      new Option('--format <format>', 'agent: its own record byte for byte')
        .choices(['html', 'markdown', 'jsonl', 'agent'])
        .default('markdown'),
    )
    .option('--out <file>', 'where to write it (default: to the output)')
    .option('--to-message <id>', 'the last message that is written')
    .option('--mask <words...>', 'mask these words too, wherever they stand')
    .option('--show <groups...>', 'leave as they are: email, home, account, host, phone, address, bank, card')
    .option('--thinking', 'with what the model thought')
    .option('--no-tool-input', 'without what tools were asked')
    .option('--no-tool-output', 'without what tools answered')
    .option('--no-diffs', 'without what was written into files')
    .option('--images', 'with images, in which nothing is looked for')
    .action(async (id, options) => (await import('./share')).exportTalk(id, options))
  verb(
    'export-contract',
    'all of a contract as one file for another Makima: talk, checkpoints, code; nothing is masked',
    'CONTRACT_ID --out work.makima',
  )
    .argument('<contractId>')
    .option('--out <file>', 'where to write it (default: its name, here)')
    .action(async (id, options) => (await import('./export-contract')).exportContract(id, options))
  list('shares', 'the links that were made, newest first', '').action(async (options) =>
    (await import('./share')).shares(options),
  )
  verb('unshare', 'take a link back at once; its copy is deleted', 'SHARE_ID')
    .argument('<shareId>')
    .action(async (id, options) => (await import('./share')).unshare(id, options))
}

type Verb = (name: string, description: string, example: string) => Command

/** Verbs that change what a person has: the plan is shown and a yes is asked for first. */
function addDanger(verb: Verb): void {
  const danger = (name: string, description: string, example: string) =>
    verb(name, `${description}; shows its plan and asks first`, example)
      .option('--dry-run', 'only show the plan')
      .option('--yes', 'do not ask')
  const rewind = (name: string, description: string, example: string) =>
    danger(name, description, example)
      .addOption(
        new Option('--preserve <how>', 'where to keep what is there now, beside the recover shelf').choices([
          'discard',
          'create_branch',
          'stash',
        ]),
      )
      .option('--branch <name>', 'the branch for --preserve create_branch')
      .option('--include-edited', 'also take back what you edited yourself')
      .option('--children', 'take the tasks below to the same moment')
  rewind('task-rewind', "a task's files as they were at a checkpoint", 'TASK_ID --checkpoint 3 --dry-run')
    .argument('<taskId>')
    .requiredOption('--checkpoint <which>', 'number or id of a checkpoint, or the beginning of its commit')
    .action(async (id, options) => (await import('./rewind')).taskRewind(id, options))
  rewind('rewind-conversation', 'a conversation as it was, with --code its files too', 'TASK_ID --count 4')
    .argument('<contractId|taskId>')
    .option('--to-message <id>', 'the last message that stays')
    .option('--to-time <time>', 'what was said after this time goes')
    .option('--count <n>', 'so many messages go from the end', wholeNumber)
    .option('--code', 'the files go back to the same moment')
    .action(async (id, options) => (await import('./rewind')).rewindConversation(id, options))
  danger('undo', 'undo an operation (none named: the last one that can be undone)', '--dry-run')
    .argument('[operationId]')
    .action(async (id, options) => (await import('./rewind')).undo(id, options))
  danger('restore', 'bring an item of the recover shelf back', 'ITEM_ID')
    .argument('<itemId>')
    .action(async (id, options) => (await import('./rewind')).restore(id, options))
}

export function wholeNumber(text: string): number {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0) return value
  throw new InvalidArgumentError('Give a whole number from 1 on.')
}
