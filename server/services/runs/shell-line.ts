// A command as a person can paste it into a shell.
import { AppError } from '@/server/errors'
import { isPasteable, shellWord } from '@/text/shell-word'
import { showSigns } from '@/text/signs'

/** `cd '/some folder' && claude --resume id`; null where pasting it would not be safe. */
export function shellLine(cwd: string, command: readonly string[]): string | null {
  if (!isPasteable([cwd, ...command])) return null
  return `cd ${shellWord(cwd)} && ${command.map(shellWord).join(' ')}`
}

/** @throws AppError `precondition_failed` for a folder whose name must not stand in a command for pasting. */
export function requirePasteable(cwd: string): void {
  if (isPasteable([cwd])) return
  throw new AppError(
    'precondition_failed',
    `The folder ${showSigns(cwd, { code: true })} holds control or invisible characters, with which a pasted command could do something else than it shows. Rename the folder, or run it here instead.`,
  )
}
