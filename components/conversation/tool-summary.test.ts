import { describe, expect, test } from 'vitest'
import { parseToolInput } from './tool-input'
import { findToolKind } from './tool-kind'
import { summarizeTool } from './tool-summary'

describe('a call in one line', () => {
  test('an edit names the file and counts the lines', () => {
    const told = summarizeTool('Edit', { file_path: '/r/src/a.ts', old_string: 'a\nb', new_string: 'a\nc\nd' })
    expect(told).toMatchObject({ verb: 'Edit', object: '/r/src/a.ts', change: { additions: 2, deletions: 1 } })
  })
  test('many edits of one file are summed', () => {
    const edits = [
      { old_string: 'a', new_string: 'b' },
      { old_string: '', new_string: 'c' },
    ]
    expect(summarizeTool('MultiEdit', { file_path: 'x', edits })).toMatchObject({
      note: '2 edits',
      change: { additions: 2, deletions: 1 },
    })
  })
  test('a command shows its first line and what it is for', () => {
    expect(summarizeTool('Bash', { command: 'npm test\necho done', description: 'Run the tests' })).toMatchObject({
      verb: 'Run',
      object: 'npm test',
      note: 'Run the tests',
    })
    expect(summarizeTool('shell', { command: ['git', 'status'] })).toMatchObject({ object: 'git status' })
  })
  test('a command is shown as a person would have typed it, however an agent gives it', () => {
    const object = (name: string, input: Record<string, unknown>) => summarizeTool(name, input).object
    expect(object('shell', { command: ['bash', '-lc', 'ls -la'] })).toBe('ls -la')
    expect(object('exec_command', { cmd: 'npm test', workdir: '/r' })).toBe('npm test')
    expect(object('exec', { input: 'const r = await tools.exec_command({cmd:"sed -n \\"1p\\" a"}); text(r)' })).toBe(
      'sed -n "1p" a',
    )
    expect(object('exec', { input: 'a({cmd:"one"}); a({cmd:"two"})' })).toBe('a({cmd:"one"}); a({cmd:"two"})')
    expect(summarizeTool('write_stdin', { session_id: 1, chars: 'y\n' })).toMatchObject({ verb: 'Type', object: 'y' })
    const waits = { verb: 'Wait for', object: 'the running command' }
    expect(summarizeTool('write_stdin', { session_id: 1 })).toMatchObject(waits)
  })
  test('of a command that goes into a folder first, what it went there for is shown', () => {
    const told = (command: string, description?: string) => {
      const { object, note } = summarizeTool('Bash', { command, description })
      return [object, note]
    }
    expect(told('cd /r/shop && npm test')).toEqual(['npm test', 'in /r/shop'])
    expect(told('cd "/r/my shop"; git status', 'Look')).toEqual(['git status', 'Look'])
    expect(told('cd /r/shop\ngit add -A\ngit commit')).toEqual(['git add -A', 'in /r/shop'])
    expect(told('cd /r/shop')).toEqual(['cd /r/shop', null])
    expect(told('cd /r/shop || exit 1')).toEqual(['cd /r/shop || exit 1', null])
    expect(told('cd $(git root) && ls')).toEqual(['cd $(git root) && ls', null])
    expect(summarizeTool('write_stdin', { session_id: 1, chars: 'cd /r\nls\n' })).toMatchObject({
      verb: 'Type',
      object: 'cd /r',
    })
  })
  test('a subagent is named by what it was asked', () => {
    expect(summarizeTool('spawn_agent', { agent_type: 'explorer', message: 'Look at the taxes.' })).toMatchObject({
      verb: 'Task',
      object: 'Look at the taxes.',
      note: 'explorer',
    })
    expect(summarizeTool('spawn_agent', { task_name: 'review', message: 'REDACTED' }).object).toBe('review')
  })
  test('a patch counts its lines and names its first file', () => {
    const input = '*** Begin Patch\n*** Update File: a.ts\n-old\n+new\n+more\n*** Update File: b.ts\n*** End Patch'
    expect(summarizeTool('apply_patch', { input })).toMatchObject({
      object: 'a.ts',
      note: '2 files',
      change: { additions: 2, deletions: 1 },
    })
  })
  test('the tools of Gemini CLI say what they did', () => {
    expect(summarizeTool('replace', { file_path: 'a.md', old_string: 'a', new_string: 'b\nc' })).toMatchObject({
      verb: 'Edit',
      object: 'a.md',
      change: { additions: 2, deletions: 1 },
    })
    expect(summarizeTool('read_file', { file_path: 'a.md', start_line: 5, end_line: 9 })).toMatchObject({
      verb: 'Read',
      note: 'from line 5, 5 lines',
    })
    expect(summarizeTool('web_fetch', { prompt: 'Sum up https://example.org/a please' })).toMatchObject({
      verb: 'Fetch',
      object: 'https://example.org/a',
    })
    expect(summarizeTool('codebase_investigator', { objective: 'Find the taxes' })).toMatchObject({
      verb: 'Task',
      object: 'Find the taxes',
    })
    const topic = { strategic_intent: 'Look around', summary: 'Much', title: 'Taxes' }
    expect(summarizeTool('update_topic', topic)).toMatchObject({ verb: 'update_topic', object: 'Taxes' })
  })
  test('the tools of OpenCode say what they did', () => {
    const patchText = '*** Begin Patch\n*** Add File: a.ts\n+one\n+two\n*** End Patch'
    expect(summarizeTool('apply_patch', { patchText })).toMatchObject({
      verb: 'Patch',
      object: 'a.ts',
      change: { additions: 2, deletions: 0 },
    })
    expect(summarizeTool('edit', { filePath: 'a.ts', oldString: 'a', newString: 'b' })).toMatchObject({
      verb: 'Edit',
      object: 'a.ts',
      change: { additions: 1, deletions: 1 },
    })
    expect(summarizeTool('read', { filePath: 'a.ts', offset: 3 })).toMatchObject({
      object: 'a.ts',
      note: 'from line 3',
    })
    const asked = { description: 'look', prompt: 'Look at it all', subagent_type: 'explore' }
    expect(summarizeTool('task', asked)).toMatchObject({ verb: 'Task', object: 'look', note: 'explore' })
    expect(summarizeTool('question', { questions: [{ question: 'Which one?' }] }).object).toBe('Which one?')
  })
  test('an unknown tool is named as it is, with the first text of its input', () => {
    expect(summarizeTool('mcp__linear__get_issue', { id: 'ABC-1' })).toMatchObject({
      verb: 'linear: get_issue',
      object: 'ABC-1',
    })
    expect(summarizeTool(null, {})).toMatchObject({ verb: 'Tool', object: '' })
  })
})

test('the same tool is known by the names of different agents', () => {
  expect(['write_file', 'Write', 'WriteFile'].map(findToolKind)).toEqual(['write', 'write', 'write'])
})

describe('input', () => {
  test('cut JSON still gives what stood before the cut', () => {
    expect(parseToolInput('{"file_path":"/a/b.ts","limit":12,"content":"very lo')).toEqual({
      file_path: '/a/b.ts',
      limit: 12,
    })
  })
  test('what is no object is kept under one name', () => {
    expect(parseToolInput('"text"')).toEqual({ input: 'text' })
    expect(parseToolInput(null)).toEqual({})
  })
})
