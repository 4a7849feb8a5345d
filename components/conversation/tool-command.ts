// The command that a call ran, as a person would have typed it. Agents give it as a text, as a list of arguments, as what
// is typed into a running command, or inside a small program.
import { readText, type ToolInput } from './tool-input'

/** Null when the call names no command. */
export function readCommand(input: ToolInput): string | null {
  const { command } = input
  if (Array.isArray(command) && command.length > 2 && command[0] !== 'apply_patch') {
    const [shell, flag, script] = command
    if (/(?:^|\/)(?:ba|z|da)?sh$/.test(String(shell)) && /^-\w*c$/.test(String(flag))) return String(script)
  }
  return readText(input, 'command', 'cmd', 'script', 'chars') ?? readScriptCommand(readText(input, 'input'))
}

/** Many agents go into the folder first, every time: `cd /path && npm test`. What they went there for says more. */
export function withoutFolder(command: string): { command: string; folder: string | null } {
  const [whole, folder] = /^\s*cd\s+("[^"\n]+"|'[^'\n]+'|[^\s;&|'"]+)\s*?(?:&&|;|\n)\s*(?=\S)/.exec(command) ?? []
  if (whole === undefined || folder === undefined) return { command, folder: null }
  return { command: command.slice(whole.length), folder: folder.replace(/^["']|["']$/g, '') }
}

const COMMAND_IN_SCRIPT = /\bcmd:\s*("(?:[^"\\]|\\.)*")/

/** A program that runs one command is shown as that command; any other as it is. */
function readScriptCommand(script: string | null): string | null {
  const found = script === null ? null : COMMAND_IN_SCRIPT.exec(script)
  if (found?.[1] === undefined || COMMAND_IN_SCRIPT.test(script?.slice(found.index + found[0].length) ?? ''))
    return script
  try {
    return String(JSON.parse(found[1]))
  } catch {
    return script
  }
}
