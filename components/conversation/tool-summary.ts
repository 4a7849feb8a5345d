// One line for a tool call: verb, object, and how much it changed.
import { firstLine, formatNoun, shortenPath } from '@/components/ui/format'
import { countChanges, diffLines, toLines } from './line-diff'
import { readEdits } from './tool-edits'
import { readCommand, withoutFolder } from './tool-command'
import { readNumber, readText, type ToolInput } from './tool-input'
import { findToolKind, type ToolKind } from './tool-kind'

export type ToolSummary = {
  kind: ToolKind
  verb: string
  object: string
  /** Object is a path or a command and wants a monospaced face. */
  mono: boolean
  note: string | null
  change: { additions: number; deletions: number } | null
}

/** What a call did, in the words of its tool. */
export function summarizeTool(name: string | null, input: ToolInput): ToolSummary {
  const kind = findToolKind(name)
  const path = readText(input, 'file_path', 'filePath', 'absolute_path', 'notebook_path', 'path', 'target_file')
  const base = { kind, mono: true, note: null, change: null }
  switch (kind) {
    case 'edit': {
      const edits = readEdits(input)
      const changes = edits.map((edit) => countChanges(diffLines(edit.oldText, edit.newText)))
      return {
        ...base,
        verb: 'Edit',
        object: shortenPath(path ?? ''),
        note: edits.length > 1 ? formatNoun(edits.length, 'edit') : null,
        change: edits.length > 0 ? sum(changes) : null,
      }
    }
    case 'write': {
      const content = readText(input, 'content', 'file_text', 'contents')
      const change = content === null ? null : { additions: toLines(content).length, deletions: 0 }
      return { ...base, verb: 'Write', object: shortenPath(path ?? ''), change }
    }
    case 'patch': {
      const text = readText(input, 'input', 'patch', 'patchText', 'diff') ?? ''
      const files = [...text.matchAll(/^\*\*\* (?:Update|Add|Delete) File: (.+)$/gm)].map(([, file]) => file ?? '')
      const lines = text.split('\n')
      const change = {
        additions: lines.filter((line) => line.startsWith('+') && !line.startsWith('+++')).length,
        deletions: lines.filter((line) => line.startsWith('-') && !line.startsWith('---')).length,
      }
      const object = files.length === 0 ? (path ?? '') : shortenPath(files[0] ?? '')
      return {
        ...base,
        verb: 'Patch',
        object,
        note: files.length > 1 ? formatNoun(files.length, 'file') : null,
        change,
      }
    }
    case 'shell': {
      const asked = readCommand(input) ?? ''
      if (isContinued(name)) {
        const typed = { ...base, verb: 'Type', object: firstLine(asked, 200) }
        return typed.object === '' ? { ...base, mono: false, verb: 'Wait for', object: 'the running command' } : typed
      }
      const { command, folder } = withoutFolder(asked)
      return {
        ...base,
        verb: 'Run',
        object: firstLine(command, 200),
        note: readText(input, 'description') ?? (folder ? `in ${shortenPath(folder, 40)}` : null),
      }
    }
    case 'read': {
      const offset = readNumber(input, 'offset', 'start_line')
      const limit = readNumber(input, 'limit') ?? countTo(input, offset)
      const range =
        offset === null && limit === null
          ? null
          : `from line ${offset ?? 1}${limit === null ? '' : `, ${formatNoun(limit, 'line')}`}`
      const object = shortenPath(path ?? readText(input, 'include', 'paths') ?? '')
      return { ...base, verb: 'Read', object, note: range }
    }
    case 'search': {
      const where = path ?? readText(input, 'glob', 'include', 'include_pattern', 'dir_path')
      return {
        ...base,
        verb: (name ?? '').toLowerCase() === 'glob' ? 'Find' : 'Search',
        object: readText(input, 'pattern', 'query', 'regex') ?? '',
        note: where ? `in ${shortenPath(where, 40)}` : null,
      }
    }
    case 'list':
      return { ...base, verb: 'List', object: shortenPath(path ?? readText(input, 'dir_path') ?? '.') }
    case 'todo': {
      const list = [input.todos, input.plan, input.items].find(Array.isArray) ?? []
      const done = list.filter((todo) => (todo as { status?: string } | null)?.status === 'completed').length
      return {
        ...base,
        mono: false,
        verb: 'To do',
        object: list.length > 0 ? `${done} of ${list.length} done` : 'list',
      }
    }
    case 'task':
      return {
        ...base,
        mono: false,
        verb: 'Task',
        object:
          readText(input, 'description', 'name', 'task_name') ??
          firstLine(readText(input, 'prompt', 'message', 'objective', 'query') ?? '', 120),
        note: readText(input, 'subagent_type', 'agent_type', 'agent_name'),
      }
    case 'fetch':
      return { ...base, verb: 'Fetch', object: readText(input, 'url') ?? firstAddress(input) }
    case 'websearch':
      return { ...base, mono: false, verb: 'Search the web', object: readText(input, 'query', 'url') ?? '' }
    case 'plan':
      return {
        ...base,
        mono: false,
        verb: 'Plan',
        object: firstLine(readText(input, 'plan', 'plan_path', 'plan_filename') ?? '', 120),
      }
    case 'question':
      return { ...base, mono: false, verb: 'Ask', object: firstQuestion(input) }
    case 'generic':
      return {
        ...base,
        verb: readableName(name),
        object: firstLine(readText(input, 'title') ?? firstText(input) ?? '', 160),
      }
    default:
      return kind satisfies never
  }
}

/** True for a call that waits for a running command or types into it. */
function isContinued(name: string | null): boolean {
  return name === 'write_stdin'
}

/** How many lines an end stands for, as some agents name it instead of a count. */
function countTo(input: ToolInput, start: number | null): number | null {
  const end = readNumber(input, 'end_line')
  return end === null ? null : Math.max(0, end - (start ?? 1) + 1)
}

/** Gemini CLI's tool finds the addresses to fetch in what it is asked. */
function firstAddress(input: ToolInput): string {
  return /https?:\/\/[^\s"'<>]+/.exec(readText(input, 'prompt') ?? '')?.[0] ?? ''
}

/** `mcp__server__do_thing` → "server: do_thing". */
function readableName(name: string | null): string {
  const mcp = /^mcp__(.+?)__(.+)$/.exec(name ?? '')
  return mcp ? `${mcp[1]}: ${mcp[2]}` : (name ?? 'Tool')
}

function firstText(input: ToolInput): string | null {
  return Object.values(input).find((value): value is string => typeof value === 'string' && value.trim() !== '') ?? null
}

function firstQuestion(input: ToolInput): string {
  const questions = Array.isArray(input.questions) ? input.questions : []
  const first = questions[0] as { question?: unknown } | undefined
  return typeof first?.question === 'string' ? firstLine(first.question) : ''
}

function sum(changes: { additions: number; deletions: number }[]) {
  return changes.reduce(
    (total, each) => ({ additions: total.additions + each.additions, deletions: total.deletions + each.deletions }),
    { additions: 0, deletions: 0 },
  )
}
