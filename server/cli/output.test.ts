import pc from 'picocolors'
import { expect, test, vi } from 'vitest'
import { harmless, say, warn } from './output'

test('what agents said cannot move, colour, hide or turn anything, and our own colours stay', () => {
  const hostile =
    'a\u001B[2J\u001B]0;t\u0007\u001B]8;;http://x\u0007b\u001B[8mc\u009B31m\u202Ed\u200B\u0007\r\u2066\u061C\tend\nnext'
  const written: string[] = []
  const keep = (text: unknown) => written.push(String(text)) > 0
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(keep)
  const err = vi.spyOn(process.stderr, 'write').mockImplementation(keep)
  const { bold, green } = pc.createColors(true)
  say(`${bold('name')} ${green(hostile)}`)
  warn(hostile)
  out.mockRestore()
  err.mockRestore()
  const [said = '', warned = ''] = written
  const plain = 'abc[U+202E]d[U+200B][U+0007][U+2066][U+061C]\tend\nnext'
  expect(said).toBe(`\u001B[1mname\u001B[22m \u001B[32m${plain}\u001B[39m\n`)
  expect(warned).toBe(`${plain}\n`)
  expect(harmless('👩‍💻 עברית \u0645\u06CC\u200C\u062E\u0648')).toBe('👩‍💻 עברית \u0645\u06CC\u200C\u062E\u0648')
})
