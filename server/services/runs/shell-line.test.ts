import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { requirePasteable, shellLine } from './shell-line'

const shells = ['sh', 'bash', 'zsh', 'dash'].filter((shell) => spawnSync(shell, ['-c', 'true']).status === 0)
const ECHO = ['-e', 'console.log(JSON.stringify([process.cwd(),...process.argv.slice(1)]))']

describe.each(shells)('in %s', (shell) => {
  test('a folder and words with blanks, quotes and dollars reach the program as they are', () => {
    const folder = mkdtempSync(join(tmpdir(), "it's a $HOME 'é' קובץ !x "))
    const words = [
      "it's",
      '$HOME',
      'a b',
      '`id`',
      '',
      '=ls',
      '~',
      '!!',
      "''",
      '*',
      'a=b',
      '#',
      '\\',
      '👩🏽 ',
      '-n',
      '$(id)',
    ]
    const line = shellLine(folder, [process.execPath, ...ECHO, '--', ...words])
    for (const output of [
      execFileSync(shell, ['-c', line ?? ''], { encoding: 'utf8' }),
      execFileSync(shell, { input: `${line}\n`, encoding: 'utf8' }),
    ])
      expect(JSON.parse(output)).toEqual([folder, ...words])
  })

  test('what is offered for a hostile folder does nothing when it is typed into a terminal', () => {
    const place = mkdtempSync(join(tmpdir(), 'makima-paste-'))
    for (const name of hostile()) {
      const folder = join(place, name)
      mkdirSync(folder)
      const line = shellLine(folder, ['claude', '--resume', 'x'])
      if (line !== null) spawnSync(shell, { input: `${line}\n`, cwd: place })
      expect(line, JSON.stringify(name)).toBeNull()
    }
    expect(existsSync(join(place, 'PWNED'))).toBe(false)
    expect(readdirSync(place)).toHaveLength(hostile().length)
  })
})

test('a control, turning or invisible character anywhere refuses the line, and the sentence shows it', () => {
  for (const code of [
    ...range(0, 0x1f),
    ...range(0x7f, 0x9f),
    0xad,
    0x61c,
    0x200b,
    0x200e,
    0x2028,
    0x2029,
    0x202e,
    0x2066,
    0xfeff,
    0xe0041,
  ]) {
    const character = String.fromCodePoint(code)
    expect(shellLine(`/a${character}b`, ['claude'])).toBeNull()
    expect(shellLine('/a', ['claude', '--resume', `x${character}`])).toBeNull()
    expect(shellLine('/a', [`claude${character}`])).toBeNull()
  }
  expect(() => requirePasteable('/w\u0003\u202Ex')).toThrow('/w[U+0003][U+202E]x')
  requirePasteable("/it's $HOME")
  expect(shellLine('/a', ['claude', '--resume', 'id'])).toBe('cd /a && claude --resume id')
})

function hostile(): string[] {
  const order = 'touch PWNED'
  return [
    "w'x\u0003\n" + order + '\n#',
    `a\r${order}\r`,
    `\u0015${order}\n`,
    `\u001b[200~${order}\n`,
    `\u0004${order}\n`,
    `a\u001b[201~\n${order}\n`,
    `a\u0085${order}`,
    `a\u2028${order}`,
  ]
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index)
}
