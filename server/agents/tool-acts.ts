// What a tool call does, whatever the agent calls its tools. Pure: from here each agent's file finds its own nearest tool.
import { shellWord } from '@/text/shell-word'
import { asNumber, asString, isObject } from '@/server/transcripts/claude-code-content'

export type ToolAct =
  | { type: 'shell'; command: string }
  | { type: 'read'; path: string; offset: number | null; limit: number | null }
  | { type: 'write'; path: string; content: string }
  | { type: 'edit'; path: string; before: string; after: string; everywhere: boolean }
  /** A patch in the shape that Codex' apply_patch reads. */
  | { type: 'patch'; patch: string }
  | { type: 'search'; pattern: string; path: string | null }
  | { type: 'find'; pattern: string; path: string | null }
  | { type: 'list'; path: string }
  | { type: 'plan'; items: { text: string; status: 'pending' | 'in_progress' | 'completed' }[] }
  | { type: 'other'; name: string; input: unknown }

type Input = Record<string, unknown>

/** What a call did. A tool that is not known, or an input that does not fit it, is `other`. */
export function describeCall(name: string, input: unknown): ToolAct {
  const fields = isObject(input) ? input : { input }
  return DESCRIBERS[name.toLowerCase()]?.(fields) ?? { type: 'other', name, input }
}

const shell = (input: Input): ToolAct | null => {
  const command = input.command ?? input.cmd
  if (Array.isArray(command)) return { type: 'shell', command: shellWords(command.map(String)) }
  return typeof command === 'string' ? { type: 'shell', command } : null
}

const read = (input: Input): ToolAct | null => {
  const path = pathOf(input)
  return path === null ? null : { type: 'read', path, offset: asNumber(input.offset), limit: asNumber(input.limit) }
}

const write = (input: Input): ToolAct | null => {
  const [path, content] = [pathOf(input), asString(input.content)]
  return path === null || content === null ? null : { type: 'write', path, content }
}

const edit = (input: Input): ToolAct | null => {
  const path = pathOf(input)
  const before = asString(input.old_string) ?? asString(input.oldString)
  const after = asString(input.new_string) ?? asString(input.newString)
  if (path === null || before === null || after === null) return null
  const everywhere = input.replace_all === true || input.replaceAll === true || input.allow_multiple === true
  return { type: 'edit', path, before, after, everywhere }
}

const patch = (input: Input): ToolAct | null => {
  const text = asString(input.input) ?? asString(input.patch) ?? asString(input.patchText)
  return text === null ? null : { type: 'patch', patch: text }
}

const search = (input: Input): ToolAct | null => {
  const pattern = asString(input.pattern)
  return pattern === null ? null : { type: 'search', pattern, path: pathOf(input) }
}

const find = (input: Input): ToolAct | null => {
  const pattern = asString(input.pattern)
  return pattern === null ? null : { type: 'find', pattern, path: pathOf(input) }
}

const list = (input: Input): ToolAct => ({ type: 'list', path: pathOf(input) ?? '.' })

const plan = (input: Input): ToolAct | null => {
  const entries = [input.todos, input.plan].find(Array.isArray)
  if (entries === undefined) return null
  const items = entries.filter(isObject).map((entry) => ({
    text: asString(entry.content) ?? asString(entry.step) ?? asString(entry.description) ?? '',
    status: statusOf(entry.status),
  }))
  return { type: 'plan', items }
}

const DESCRIBERS: Record<string, (input: Input) => ToolAct | null> = {
  bash: shell,
  shell,
  shell_command: shell,
  exec_command: shell,
  local_shell: shell,
  run_shell_command: shell,
  read,
  read_file: read,
  write,
  write_file: write,
  edit,
  replace: edit,
  apply_patch: patch,
  patch,
  grep: search,
  grep_search: search,
  search_file_content: search,
  glob: find,
  ls: list,
  list,
  list_directory: list,
  todowrite: plan,
  write_todos: plan,
  update_plan: plan,
}

function pathOf(input: Input): string | null {
  for (const key of ['file_path', 'filePath', 'absolute_path', 'path', 'dir_path']) {
    const path = asString(input[key])
    if (path !== null && path !== '') return path
  }
  return null
}

function statusOf(status: unknown): 'pending' | 'in_progress' | 'completed' {
  return status === 'completed' || status === 'in_progress' ? status : 'pending'
}

/** Words as one command line of a POSIX shell. `bash -lc TEXT` is TEXT. */
export function shellWords(words: string[]): string {
  if (words.length === 3 && /(^|\/)(ba|z|da)?sh$/.test(words[0] ?? '') && /^-l?c$/.test(words[1] ?? '')) {
    return words[2] ?? ''
  }
  return words.map(shellWord).join(' ')
}

/** The act as a command of a shell, files being changed by Codex' `apply_patch`; null for what no command does. */
export function toShellCommand(act: ToolAct): string | null {
  switch (act.type) {
    case 'shell':
      return act.command
    case 'read': {
      if (act.offset === null && act.limit === null) return `cat ${shellWord(act.path)}`
      const first = Math.max(1, act.offset ?? 1)
      return `sed -n '${first},${act.limit === null ? '$' : first + act.limit - 1}p' ${shellWord(act.path)}`
    }
    case 'search':
      return `rg -n ${shellWord(act.pattern)} ${shellWord(act.path ?? '.')}`
    case 'find':
      return `rg --files -g ${shellWord(act.pattern)} ${shellWord(act.path ?? '.')}`
    case 'list':
      return `ls ${shellWord(act.path)}`
    case 'write':
    case 'edit':
    case 'patch':
      return `apply_patch <<'PATCH'\n${toPatch(act)}\nPATCH`
    default:
      return null
  }
}

function toPatch(act: Extract<ToolAct, { type: 'write' | 'edit' | 'patch' }>): string {
  if (act.type === 'patch') return act.patch.trimEnd()
  const body =
    act.type === 'write'
      ? [`*** Add File: ${act.path}`, ...marked('+', act.content)]
      : [`*** Update File: ${act.path}`, '@@', ...marked('-', act.before), ...marked('+', act.after)]
  return ['*** Begin Patch', ...body, '*** End Patch'].join('\n')
}

function marked(mark: string, text: string): string[] {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => mark + line)
}
