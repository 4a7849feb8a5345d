import { expect, test } from 'vitest'
import { IdTable } from './id-table'

test('a hundred thousand ids keep their numbers and strangers have none', () => {
  const table = new IdTable()
  const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  for (let number = 0; number < 100_000; number++) expect(table.add(id(number))).toBe(number)
  for (let number = 0; number < 100_000; number += 7) expect(table.find(id(number))).toBe(number)
  expect(table.add(id(5))).toBe(5)
  expect(table.size).toBe(100_000)
  expect(table.find(id(100_001))).toBe(-1)
  expect(table.find('')).toBe(-1)
})
