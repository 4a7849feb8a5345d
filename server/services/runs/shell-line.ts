// A command as a person can paste it into a shell.

/** `cd '/some folder' && claude --resume id`. */
export function shellLine(cwd: string, command: readonly string[]): string {
  return `cd ${quote(cwd)} && ${command.map(quote).join(' ')}`
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
