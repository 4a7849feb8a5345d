import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

type Entry = { version?: string; integrity?: string; link?: boolean; inBundle?: boolean }

test('every package of the lock has the hash that npm checks it by, also those of other platforms', () => {
  const file = join(import.meta.dirname, '..', 'package-lock.json')
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> }
  // What lies inside another package is covered by the hash of that one.
  const fetched = Object.entries(packages).filter(([folder, { link, inBundle }]) => folder !== '' && !link && !inBundle)
  expect(fetched.length).toBeGreaterThan(600)
  const unchecked = fetched.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? ''))
  expect(unchecked.map(([folder]) => folder)).toEqual([])
})
