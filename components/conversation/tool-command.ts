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
