import { expect, test } from 'vitest'
import { IdTable } from './id-table'

test('a hundred thousand ids keep their numbers and strangers have none', () => {
  const table = new IdTable()
  const id = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  const numbers = Array.from({ length: 100_000 }, (_, number) => number)
  expect(numbers.filter((number) => table.add(id(number)) !== number)).toEqual([])
  expect(numbers.filter((number) => table.find(id(number)) !== number)).toEqual([])
  expect(table.add(id(5))).toBe(5)
  expect(table.size).toBe(100_000)
  expect(table.find(id(100_001))).toBe(-1)
  expect(table.find('')).toBe(-1)
})
