// Where agents keep their hooks, and how ours are put in and taken out again. Everything else in those files stays as it is.
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError } from '@/server/errors'
import { isPasteable } from '@/text/shell-word'

export const HOOKED = ['claude-code', 'gemini', 'codex'] as const
export type Hooked = (typeof HOOKED)[number]

type Entry = { matcher?: string; hooks?: { type?: string; command?: string; timeout?: number }[] }
type Settings = { hooks?: Record<string, Entry[]> } & Record<string, unknown>

/** What of an agent's hooks are told. Claude Code counts a time-out in seconds, Gemini CLI in milliseconds. */
const EVENTS: Record<'claude-code' | 'gemini', { names: string[]; timeout: number }> = {
  'claude-code': { names: ['UserPromptSubmit', 'PreCompact', 'SubagentStop', 'Stop', 'SessionEnd'], timeout: 10 },
  gemini: { names: ['BeforeAgent', 'AfterAgent', 'SessionEnd'], timeout: 10_000 },
}

/** By this a line is known as ours, wherever Makima lay when it was written. */
const OURS = /[ "]hooks"?,? "?run"?,? "?(claude-code|gemini|codex)\b/

export function hookFile(agent: Hooked, environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir()
  if (agent === 'claude-code') return join(environment.CLAUDE_CONFIG_DIR || join(home, '.claude'), 'settings.json')
  if (agent === 'gemini') return join(environment.GEMINI_CLI_HOME || home, '.gemini', 'settings.json')
  return join(environment.CODEX_HOME || join(home, '.codex'), 'config.toml')
}

const ODD_PLACE =
  'The path of Makima or of its data folder holds control or invisible characters, which a command in an agent’s settings must not hold. Move it, or use `makima watch`. Nothing was changed.'

export type HookState = 'installed' | 'not installed' | 'no agent'

export function hookState(agent: Hooked, file: string): HookState {
  if (!existsSync(dirname(file))) return 'no agent'
  return existsSync(file) && OURS.test(readFileSync(file, 'utf8')) ? 'installed' : 'not installed'
}

/** Puts `command` in, in the place of an earlier one of ours. @throws AppError for a file that cannot be read as it should be. */
export function installHooks(agent: Hooked, file: string, command: string[]): void {
  if (!isPasteable(command)) throw new AppError('precondition_failed', ODD_PLACE)
  if (agent === 'codex') return write(file, withNotify(readText(file), command, file))
  const settings = withoutOurs(readSettings(file))
  const { names, timeout } = EVENTS[agent]
  const line = command.map(quote).join(' ')
  const hooks = { ...settings.hooks }
  for (const name of names) {
    hooks[name] = [...(hooks[name] ?? []), { hooks: [{ type: 'command', command: line, timeout }] }]
  }
  write(file, toText({ ...settings, hooks }))
}

/** Takes ours out; a file without any is left alone. */
export function removeHooks(agent: Hooked, file: string): void {
  if (hookState(agent, file) !== 'installed') return
  if (agent === 'codex') return write(file, withoutNotify(readText(file)))
  write(file, toText(withoutOurs(readSettings(file))))
}

function readText(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

function readSettings(file: string): Settings {
  const text = readText(file)
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Settings
  } catch {
    // Told below.
  }
  throw new AppError('precondition_failed', `${file} is not valid JSON. Correct it and try again; nothing was changed.`)
}

function withoutOurs(settings: Settings): Settings {
  const { hooks, ...rest } = settings
  const kept = Object.entries(hooks ?? {}).flatMap(([name, entries]) => {
    const others = entries
      .map((entry) => ({ ...entry, hooks: entry.hooks?.filter(({ command }) => !OURS.test(command ?? '')) ?? [] }))
      .filter((entry, index) => entry.hooks.length > 0 || (entries[index]?.hooks ?? []).length === 0)
    return others.length > 0 ? [[name, others] as const] : []
  })
  return kept.length > 0 ? { ...rest, hooks: Object.fromEntries(kept) } : rest
}

const toText = (settings: Settings) => `${JSON.stringify(settings, null, 2)}\n`

/** Codex tells one program of the end of a turn: a line at the top of its settings, before any table begins. */
function withNotify(text: string, command: string[], file: string): string {
  const rest = withoutNotify(text)
  if (/^\s*notify\s*=/m.test(rest)) {
    throw new AppError(
      'conflict',
      `${file} names another program under \`notify\`, and Codex tells only one. Take that line out first, or use \`makima watch\`.`,
    )
  }
  return `notify = [${command.map((part) => JSON.stringify(part)).join(', ')}]\n${rest}`
}

const withoutNotify = (text: string) => text.replace(/^notify = \[.*"hooks", "run", "codex".*\]\n?/m, '')

/** As a shell reads one word. */
const quote = (word: string) => (/^[\w./:@-]+$/.test(word) ? word : `"${word.replaceAll(/(["\\$`])/g, '\\$1')}"`)

/** Whole or not at all: an agent may read it at the same moment. */
function write(file: string, text: string): void {
  const draft = `${file}.makima`
  try {
    writeFileSync(draft, text, { mode: 0o600 })
    renameSync(draft, file)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new AppError('precondition_failed', `${file} cannot be written (${code}). Nothing was changed.`, { cause })
  }
}
