import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Hooked, hookFile, hookState, installHooks, removeHooks } from './hook-files'

const command = (agent: Hooked) => ['/usr/bin/node', '/opt/my makima/bin/makima', 'hooks', 'run', agent]

function makeFile(name: string, text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'makima-hooks-')), name)
  writeFileSync(file, text)
  return file
}

test('hooks are put in beside those of the person, once however often, and taken out without a trace', () => {
  const own = {
    Stop: [{ hooks: [{ type: 'command', command: 'say done' }] }],
    PreToolUse: [{ matcher: 'Bash', hooks: [] }],
  }
  const before = { model: 'opus', hooks: own, permissions: { allow: ['Bash(ls)'] } }
  const file = makeFile('settings.json', JSON.stringify(before))
  installHooks('claude-code', file, command('claude-code'))
  installHooks('claude-code', file, command('claude-code'))
  const after = JSON.parse(readFileSync(file, 'utf8')) as typeof before
  expect(after).toMatchObject({ model: 'opus', permissions: before.permissions })
  expect(after.hooks.Stop).toHaveLength(2)
  expect(after.hooks.Stop[1]?.hooks[0]?.command).toBe('/usr/bin/node "/opt/my makima/bin/makima" hooks run claude-code')
  expect(hookState('claude-code', file)).toBe('installed')
  removeHooks('claude-code', file)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(before)
  expect(hookState('claude-code', file)).toBe('not installed')
})

test('a settings file that is not there yet is made, one that is broken is left as it is', () => {
  const file = join(mkdtempSync(join(tmpdir(), 'makima-hooks-')), 'settings.json')
  installHooks('gemini', file, command('gemini'))
  expect(Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { hooks: object }).hooks)).toEqual([
    'BeforeAgent',
    'AfterAgent',
    'SessionEnd',
  ])
  const broken = makeFile('settings.json', '{ "hooks": ')
  expect(() => installHooks('claude-code', broken, command('claude-code'))).toThrow(
    /is not valid JSON.*nothing was changed/,
  )
  expect(readFileSync(broken, 'utf8')).toBe('{ "hooks": ')
})

test('Codex gets its one line above all tables, and another program of the person is not pushed out', () => {
  const text = 'model = "gpt-5"\n\n[tools]\nweb = true\n'
  const file = makeFile('config.toml', text)
  installHooks('codex', file, command('codex'))
  installHooks('codex', file, command('codex'))
  expect(readFileSync(file, 'utf8')).toBe(
    `notify = ["/usr/bin/node", "/opt/my makima/bin/makima", "hooks", "run", "codex"]\n${text}`,
  )
  removeHooks('codex', file)
  expect(readFileSync(file, 'utf8')).toBe(text)
  const taken = makeFile('config.toml', 'notify = ["beep"]\n')
  expect(() => installHooks('codex', taken, command('codex'))).toThrow(/Codex tells only one/)
})

test('an agent that was never started has no place for hooks', () => {
  const home = mkdtempSync(join(tmpdir(), 'makima-hooks-'))
  const file = hookFile('claude-code', { NODE_ENV: 'test', CLAUDE_CONFIG_DIR: join(home, 'claude') })
  expect(hookState('claude-code', file)).toBe('no agent')
  mkdirSync(join(home, 'claude'))
  expect(hookState('claude-code', file)).toBe('not installed')
})
