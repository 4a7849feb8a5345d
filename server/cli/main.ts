// The command line: which commands there are and what their errors look like.
import { resolve } from 'node:path'
import tab from '@bomb.sh/tab/commander'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { ERROR_CODES, isAppError } from '@/server/errors'
import { describeLoggable } from '@/server/loggable-error'
import { addForget } from './forget-verbs'
import { addHooks } from './hook-verbs'
import { example } from './example'
import { warn } from './output'
import { addHistoryVerbs, wholeNumber } from './verbs'

/** Runs one command; `args` are the words after `makima`. Sets the exit code by the table of errors. */
export async function main(args: string[]): Promise<void> {
  // Who reads the output may have seen enough. `up` must stop all of it first, and does so by itself.
  if (args[0] !== 'up')
    process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  try {
    await program().parseAsync(args, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) {
      // It has said what was wrong, or it was asked for help.
      process.exitCode = error.exitCode === 0 ? 0 : ERROR_CODES.invalid.exit
      return
    }
    warn(isAppError(error) ? error.message : describeLoggable(error))
    process.exitCode = isAppError(error) ? ERROR_CODES[error.code].exit : 1
  }
}

/** Every command there is. */
export function program(): Command {
  const makima = new Command('makima')
    .description("History, rewind and fork for coding agents' work.")
    .exitOverride()
    .addHelpText('after', HELP)
  makima
    .command('up')
    .description('start Makima; Ctrl-C stops all of it')
    .addHelpText('after', example('makima up --port 4800 --no-open'))
    .option('--port <number>', 'port of the web page (default: 4700, or a free one near it)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--home <folder>', 'where Makima keeps its data', (path) => resolve(path))
    .option('--share-host <address>', 'answer shared conversations, and nothing else, to others on this address')
    .option('--share-port <number>', 'port for that (default: a free one beside the page)', port)
    .option('--share-url <url>', 'what others call that address, where something stands before it', webAddress)
    .option('--no-import', "do not import the agents' history from the usual places")
    .option('--no-open', 'do not open the browser')
    .action(async (options) => (await import('./up')).up({ port: portOf(process.env.MAKIMA_PORT), ...options }))
  makima
    .command('open')
    .description('open Makima in a browser, which a link that works once signs in')
    .addHelpText('after', example('makima open --print'))
    .argument('[path]', 'the page to show, such as /contracts')
    .option('--print', 'open nothing, only print the link: for another browser or machine')
    .option('--json', 'print as JSON')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (path, options) => (await import('./open')).open(path, options))
  makima
    .command('import')
    .description(
      "import transcripts, folders of them, git repositories or contracts (no path: the agents' usual places)",
    )
    .addHelpText('after', example('makima import ~/.claude/projects'))
    .argument('[paths...]')
    .option('--agent <agent>', 'only what this agent wrote: claude-code, codex, gemini or opencode')
    .option('--json', 'print the report as JSON')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (paths, options) => (await import('./import')).importPaths(paths, options))
  makima
    .command('doctor')
    .description('what Makima needs, what is there, and where things are')
    .addHelpText('after', example('makima doctor --json'))
    .option('--json', 'print as JSON')
    .option('--home <folder>', 'the home to look at')
    .action(async (options) => (await import('./doctor')).doctor(options))
  withRunOptions(
    makima
      .command('resume')
      .description('let the agent of a contract or a task go on from where it stood')
      .addHelpText('after', example('makima resume TASK_ID --context "Now the tests."'))
      .argument('<contractId|taskId>')
      .option('--mode <mode>', 'continue, restart_phase or from_checkpoint')
      .option('--checkpoint <id>', 'go on from this checkpoint, with its files')
      .option('--at <messageId>', 'go on from this message, in a task of its own')
      .option('--agent <name>', 'go on in another agent: claude-code, codex, gemini, opencode, acp'),
  ).action(async (id, options) => (await import('./resume')).resume(id, options))
  withRunOptions(
    makima
      .command('task-resume-from')
      .description('begin a new task on the files and the talk of a checkpoint, or of where a task stands')
      .addHelpText('after', example('makima task-resume-from TASK_ID --plan "Try it with a cache."'))
      .argument('<taskId>')
      .argument('[checkpointId]', 'default: the newest that the task has')
      .requiredOption('--plan <text>', 'what the new task is to do')
      .option('--name <text>', 'name of the new task')
      .option('--no-conversation', 'begin without what was said'),
  ).action(async (taskId, checkpointId, options) =>
    (await import('./resume')).resumeFrom(taskId, checkpointId, options),
  )
  makima
    .command('stop')
    .description('stop an agent that Makima runs')
    .addHelpText('after', example('makima stop RUN_ID'))
    .argument('<runId>')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (id, options) => (await import('./resume')).stopRun(id, options))
  makima
    .command('checkpoint')
    .description('keep the files of a task as they are now')
    .addHelpText('after', example('makima checkpoint --task TASK_ID --message "Before the rewrite"'))
    .option('--task <id>', 'the task (default: MAKIMA_TASK_ID)')
    .option('--message <text>', 'what it is')
    .option('--json', 'print as JSON')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (options) => (await import('./spawn')).takeCheckpoint(options))
  makima
    .command('watch')
    .description('what happens, as it happens; agents outside of Makima are followed meanwhile')
    .addHelpText('after', example('makima watch --contract CONTRACT_ID'))
    .option('--contract <id>', 'only of this contract')
    .option('--task <id>', 'only of this task')
    .option('--json', 'an event on each line')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (options) => (await import('./watch')).watch(options))
  addHooks(makima)
  addHistoryVerbs(makima)
  addKeys(makima)
  addForget(makima)
  addSupervisor(makima)
  makima.command('build').description('build what `up` starts, when the sources changed')
  tab(makima, { completionCommandName: 'completion' })
  return makima
}

const HELP = `
Example:
  makima timeline --limit 20

Completion of words: eval "$(makima completion bash)", the same with zsh; makima completion fish | source.
A Makima elsewhere: MAKIMA_API_URL names it. "makima VERB --help" shows an example of each verb.
`

/** Keys with which other programs use the API. */
function addKeys(makima: Command): void {
  const keys = makima
    .command('keys')
    .description('API keys for other programs: MAKIMA_API_KEY, or Authorization: Bearer KEY')
  const verb = (name: string, description: string, words: string) =>
    keys
      .command(name)
      .description(description)
      .addHelpText('after', example(`makima keys ${name}${words}`))
      .option('--json', 'print as JSON; so it is also where the output is no terminal')
      .option('--home <folder>', 'the home of the Makima to talk to')
  verb('create', 'make a key; it is told this once', ' --name "CI" --read-only --days 90')
    .requiredOption('--name <text>', 'what it is for')
    .option('--read-only', 'it can look at everything and change nothing')
    .option('--days <n>', 'it is over after so many days', wholeNumber)
    .action(async (options) => (await import('./keys')).createKey(options))
  verb('list', 'the keys that were made, newest first', '').action(async (options) =>
    (await import('./keys')).listKeys(options),
  )
  verb('revoke', 'take a key back at once', ' KEY_ID')
    .argument('<keyId>')
    .action(async (id, options) => (await import('./keys')).revokeKey(id, options))
}

/** What the agent that leads a contract may ask; its environment says which contract. */
function addSupervisor(makima: Command): void {
  const supervisor = makima
    .command('supervisor')
    .description('start, see and wait for the tasks of a contract, from the terminal of the agent that leads it')
  addHistoryVerbs(supervisor)
  const verb = (name: string, description: string, words: string) =>
    supervisor
      .command(name)
      .description(description)
      .addHelpText('after', example(`makima supervisor ${name}${words}`))
      .option('--contract <id>', 'the contract (default: MAKIMA_CONTRACT_ID)')
      .option('--json', 'print as JSON; so it is also where the output is no terminal')
      .option('--home <folder>', 'the home of the Makima to talk to')
  verb('tasks', 'the tasks of the contract, each below the one that started it', '')
    .alias('tree')
    .action(async (options) => (await import('./supervisor')).listTasks(options))
  verb(
    'wait',
    'wait until no agent is at work on these tasks (none named: all others of the contract)',
    ' --timeout 600',
  )
    .argument('[taskIds...]')
    .option('--timeout <seconds>', 'give up after so long', wholeNumber)
    .action(async (ids, options) => (await import('./supervisor')).waitForTasks(ids, options))
  verb('output', 'what the agent of a task said last', ' TASK_ID')
    .argument('<taskId>')
    .option('--all', 'everything that was said, by both')
    .action(async (id, options) => (await import('./supervisor')).tellOutput(id, options))
  verb(
    'spawn',
    'start a task below your own: an agent in a folder and on a branch of its own, with your files as they are',
    ' --name "Tests" --plan "Write the tests of the parser." --wait',
  )
    .requiredOption('--name <text>', 'name of the new task')
    .requiredOption('--plan <text>', 'what it is to do')
    .option('--from <checkpointId>', 'begin with the files of this checkpoint')
    .option('--from-task <taskId>', 'begin with the newest kept files of this task')
    .option('--agent <name>', 'another agent than yours: claude-code, codex, gemini, opencode, acp')
    .option('--model <name>', "the agent's model")
    .option('--permissions <how>', 'ask (on the page) or allow (everything in its folder)')
    .option('--max-turns <n>', 'stop after so many turns of the model', wholeNumber)
    .option('--max-cost <dollars>', 'stop when it has cost more', Number)
    .option('--wait', 'wait for the end of its turn, then print what it said')
    .action(async (options) => (await import('./spawn')).spawn(options))
  verb('checkpoint', 'keep the files of your folder as they are now', ' --message "Before the rewrite"')
    .option('--task <id>', 'the task (default: MAKIMA_TASK_ID)')
    .option('--message <text>', 'what it is')
    .action(async (options) => (await import('./spawn')).takeCheckpoint(options))
  verb('advance-phase', 'say that the contract is in its next phase, or in the one named', ' review')
    .argument('[phase]', 'research, specify, plan, execute or review')
    .action(async (phase, options) => (await import('./spawn')).advance(phase, options))
}

/** What every command that starts an agent takes. */
function withRunOptions(command: Command): Command {
  return command
    .option('--context <text>', 'what the agent is told')
    .option('--model <name>', "the agent's model")
    .option('--permissions <how>', 'ask (on the page) or allow (everything in the folder)')
    .option('--max-turns <n>', 'stop after so many turns of the model', wholeNumber)
    .option('--max-cost <dollars>', 'stop when it has cost more', Number)
    .option('--print', 'start nothing: write the session and print the command to go on with it in a terminal')
    .option('--no-wait', 'do not wait for the end of the turn')
    .option('--json', 'print as JSON')
    .option('--home <folder>', 'the home of the Makima to talk to')
}

function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= 65_535) return value
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

function webAddress(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text
  throw new InvalidArgumentError('It begins with http:// or https://.')
}

function portOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : port(text)
}
