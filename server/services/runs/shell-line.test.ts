import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { shellLine } from './shell-line'

test('a folder and words with blanks, quotes and dollars reach the program as they are', () => {
  const folder = mkdtempSync(join(tmpdir(), "it's a $HOME "))
  const words = ["it's", '$HOME', 'a b', '`id`', '']
  const line = shellLine(folder, [
    process.execPath,
    '-e',
    'console.log(JSON.stringify([process.cwd(),...process.argv.slice(1)]))',
    ...words,
  ])
  expect(JSON.parse(execFileSync('sh', ['-c', line], { encoding: 'utf8' }))).toEqual([folder, ...words])
})
