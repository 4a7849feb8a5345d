// The verbs of `makima hooks`.
import { Argument, type Command, Option } from 'commander'
import { HOOKED } from './hook-files'
import { example } from './example'

export function addHooks(parent: Command): void {
  const hooks = parent
    .command('hooks')
    .description('live capture: agents tell Makima of their turns, whose files are kept as checkpoints')
    .addHelpText('after', example('makima hooks install'))
  const verb = (name: string, description: string) =>
    hooks
      .command(name)
      .description(description)
      .addHelpText('after', example(`makima hooks ${name} --agent claude-code`))
      .addOption(new Option('--agent <agent>', 'only in this one (default: all that are here)').choices(HOOKED))
      .option('--json', 'print as JSON')
      .option('--home <folder>', 'the home of the Makima to talk to')
  verb('install', 'puts the hooks into the settings of agents').action(async (options) =>
    (await import('./hooks')).install(options),
  )
  verb('remove', 'takes them out again').action(async (options) => (await import('./hooks')).remove(options))
  verb('status', 'where they are').action(async (options) => (await import('./hooks')).status(options))
  hooks
    .command('run', { hidden: true })
    .description('what an agent calls at its turns; it reads what the agent tells')
    .addHelpText('after', example('makima hooks run claude-code'))
    .addArgument(new Argument('<agent>').choices(HOOKED))
    .argument('[told]')
    .option('--home <folder>')
    .action(async (agent, told, options) => (await import('./hooks')).run(agent, told, options))
}
