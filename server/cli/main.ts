// The command line: which commands there are and what their errors look like.
import { resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { ERROR_CODES, isAppError } from '@/server/errors'

/** Runs one command; `args` are the words after `makima`. Sets the exit code by the table of errors. */
export async function main(args: string[]): Promise<void> {
  try {
    await program().parseAsync(args, { from: 'user' })
  } catch (error) {
    process.stderr.write(
      `${isAppError(error) ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    )
    process.exitCode = isAppError(error) ? ERROR_CODES[error.code].exit : 1
  }
}

function program(): Command {
  const makima = new Command('makima').description("History, rewind and fork for coding agents' work.")
  makima
    .command('up', { isDefault: true })
    .description('start Makima; Ctrl-C stops all of it')
    .option('--port <number>', 'port of the web page (default: 4700, or a free one near it)', port)
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine only)')
    .option('--home <folder>', 'where Makima keeps its data', (path) => resolve(path))
    .option('--no-import', "do not import the agents' history from the usual places")
    .option('--no-open', 'do not open the browser')
    .action(async (options) => (await import('./up')).up({ port: portOf(process.env.MAKIMA_PORT), ...options }))
  makima
    .command('import')
    .description("import transcripts, folders of them or git repositories (no path: the agents' usual places)")
    .argument('[paths...]')
    .option('--json', 'print the report as JSON')
    .option('--home <folder>', 'the home of the Makima to talk to')
    .action(async (paths, options) => (await import('./import')).importPaths(paths, options))
  makima
    .command('doctor')
    .description('what Makima needs, what is there, and where things are')
    .option('--json', 'print as JSON')
    .option('--home <folder>', 'the home to look at')
    .action(async (options) => (await import('./doctor')).doctor(options))
  makima.command('build').description('build what `up` starts, when the sources changed')
  return makima
}

function port(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && value <= 65_535) return value
  throw new InvalidArgumentError('A port is a number from 0 to 65535.')
}

function portOf(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : port(text)
}
