import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { withPatience } from './patience'

function makeTerminal(isTTY: boolean) {
  const written: string[] = []
  return { written, terminal: { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream }
}

test('a person sees that work goes on, and nothing of that is left; a program sees nothing', async () => {
  const person = makeTerminal(true)
  expect(await withPatience(sleep(2_300, 'done'), person.terminal)).toBe('done')
  expect(person.written.join('')).toMatch(/working … 1 s.*working … 2 s.*\r\u001B\[2K$/s)
  const program = makeTerminal(false)
  await withPatience(sleep(1_200), program.terminal)
  expect(program.written).toEqual([])
})

test('what is answered soon needs no word, and a fault comes through', async () => {
  const { written, terminal } = makeTerminal(true)
  await expect(withPatience(Promise.reject(new Error('no')), terminal)).rejects.toThrow('no')
  expect(written).toEqual([])
})
